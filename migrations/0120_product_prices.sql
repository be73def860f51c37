-- What a product costs today, so that an exchange for another one says its difference; and ways to find what to exchange for.

ALTER TABLE products
  ADD COLUMN price_amount bigint CHECK (price_amount >= 0),             -- of one piece, as a line of an order would carry it
  ADD COLUMN price_tax bigint NOT NULL DEFAULT 0 CHECK (price_tax >= 0), -- on top of it
  ADD COLUMN price_currency text,
  ADD CONSTRAINT price_is_whole CHECK ((price_amount IS NULL) = (price_currency IS NULL));
-- Variants of one product share what stands before the first '-' of their SKUs.
CREATE INDEX products_stem ON products (merchant_id, split_part(sku, '-', 1));
CREATE INDEX products_words ON products USING gin (to_tsvector('simple', name || ' ' || sku)) WHERE price_amount IS NOT NULL;
