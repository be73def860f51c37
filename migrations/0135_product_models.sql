-- Products of one model are variants of one another: sizes, colors. A shop says so; a SKU's text tells nobody.

ALTER TABLE products ADD COLUMN model text NOT NULL DEFAULT '';
DROP INDEX products_stem;
CREATE INDEX products_model ON products (merchant_id, model) WHERE model <> '';
