-- What each refund released, line by line, so that a denied refund can give it back.
-- release_key is the part of refunds.refund_key that the refunds of one cause share (one per payment).
CREATE TABLE refund_lines (
  merchant_id  bigint NOT NULL,
  order_id     bigint NOT NULL,
  release_key  text NOT NULL,
  line_id      bigint NOT NULL,
  units        bigint NOT NULL CHECK (units > 0),
  price        bigint NOT NULL,                -- released of the line, before fees and before what the payments hold
  discount     bigint NOT NULL,
  tax          bigint NOT NULL,
  shipping     bigint NOT NULL,
  taken_back_at timestamptz,                   -- every refund of the key was denied
  PRIMARY KEY (merchant_id, order_id, release_key, line_id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders
);
