-- How goods come back, shops that take them, and one reminder before a label runs out.

ALTER TABLE returns
  ADD COLUMN way text NOT NULL DEFAULT 'label' CHECK (way IN ('label', 'counter', 'shop')),
  ADD COLUMN reminded_at timestamptz;       -- the customer was told that the label runs out
CREATE INDEX returns_to_remind ON returns (merchant_id, label_expires_at) WHERE status = 'approved' AND reminded_at IS NULL;

ALTER TABLE warehouses
  ADD COLUMN shop boolean NOT NULL DEFAULT false,      -- customers bring returns here themselves
  ADD COLUMN opening_hours text NOT NULL DEFAULT '';   -- as the shop says them
