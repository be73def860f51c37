-- Policy: goods that stay with the customer, money that goes ahead of the goods, and what a return was decided on.
ALTER TABLE return_lines DROP CONSTRAINT return_lines_reception_check;
ALTER TABLE return_lines ADD CONSTRAINT return_lines_reception_check CHECK (
  reception IN ('awaiting', 'in_transit', 'received', 'wrong_item', 'missing', 'expired', 'canceled', 'kept'));

ALTER TABLE return_lines
  ADD COLUMN advanced bigint NOT NULL DEFAULT 0,          -- units whose money went ahead of them
  ADD COLUMN advance_due timestamptz,                     -- when they are missed
  ADD COLUMN advance_settled_at timestamptz,              -- a person closed it: the shop bears the loss
  ADD CONSTRAINT return_advanced CHECK (advanced >= 0 AND advanced <= announced);
-- Small: what is still owed to the shop.
CREATE INDEX return_lines_owed ON return_lines (merchant_id, return_id) WHERE advanced > accepted AND advance_settled_at IS NULL;

-- The facts and the money as they stood when the return was asked for, JSON; the dry run replays them. No personal data:
-- who the customer is is read from the order.
ALTER TABLE returns ADD COLUMN asked text;
-- The newest returns that can be replayed.
CREATE INDEX returns_asked ON returns (merchant_id, return_id DESC) WHERE asked IS NOT NULL;

-- A policy may let a refund wait: it is not paid before, and can be denied until then.
ALTER TABLE refunds ADD COLUMN due_at timestamptz;
