-- Exchanges: the replacement of a return is an order of its own, paid by what the returned units release and what the customer adds.

ALTER TABLE orders DROP CONSTRAINT orders_kind_check;
ALTER TABLE orders ADD CONSTRAINT orders_kind_check CHECK (kind IN ('order', 'free', 'exchange', 'replacement')) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_kind_check;

-- Law 3 across orders: money that an order releases for a replacement stays where it was captured. The old payment's room is taken by a
-- refund to `exchange`; the replacement gets a payment of the gateway `exchange` over just that amount whose reference is that refund: each
-- exists once. A refund of the replacement follows the reference to the gateway and payment of the first money, so that all refunds together
-- never exceed what was captured, along any chain of exchanges; the ledger's account `exchange` is zero over both orders.
CREATE UNIQUE INDEX payments_exchange ON payments (merchant_id, reference) WHERE gateway = 'exchange';

CREATE TABLE exchanges (
  merchant_id    bigint NOT NULL,
  return_id      bigint NOT NULL,
  order_id       bigint NOT NULL,
  replacement_order_id bigint,                  -- once the return is approved
  state          text NOT NULL CHECK (state IN ('requested', 'awaiting_payment', 'awaiting_goods', 'released', 'customer_owes', 'completed', 'canceled')),
  trigger        text NOT NULL CHECK (trigger IN ('approval', 'carrier_scan', 'warehouse_scan')),
  currency       text NOT NULL,
  wanted         jsonb NOT NULL,                -- the replacement's lines as priced when it was asked for
  total          bigint NOT NULL CHECK (total >= 0),  -- what the replacement costs
  credit         bigint NOT NULL CHECK (credit >= 0), -- what everything announced brings when it is accepted
  let_go         bigint NOT NULL DEFAULT 0 CHECK (let_go >= 0), -- of the difference, by a person
  carrier_scanned_at timestamptz,
  sent_early_at  timestamptz,                   -- a person let it go before its trigger
  reason         text NOT NULL DEFAULT '',      -- why it was canceled, sent early, or its difference let go
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  released_at    timestamptz,
  ended_at       timestamptz,
  PRIMARY KEY (merchant_id, return_id),
  FOREIGN KEY (merchant_id, return_id) REFERENCES returns,
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders,
  FOREIGN KEY (merchant_id, replacement_order_id) REFERENCES orders
);
CREATE INDEX exchanges_order ON exchanges (merchant_id, order_id);
CREATE UNIQUE INDEX exchanges_replacement ON exchanges (merchant_id, replacement_order_id) WHERE replacement_order_id IS NOT NULL;
CREATE INDEX exchanges_state ON exchanges (merchant_id, state, return_id);
