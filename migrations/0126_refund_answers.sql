-- Gateways that cannot be asked: when their answer is missed, what a person said instead, and a gateway that says otherwise later.
ALTER TABLE refunds
  ADD COLUMN answer_due_at timestamptz,                 -- set when it is submitted: later than this a person is asked
  ADD COLUMN settled_by text NOT NULL DEFAULT '',       -- who settled it in the gateway's stead; empty: nobody
  ADD COLUMN disagreement text NOT NULL DEFAULT '';     -- what the gateway said after that, when it was something else
CREATE INDEX refunds_unanswered ON refunds (merchant_id, answer_due_at) WHERE state = 'submitted';
CREATE INDEX refunds_disagreement ON refunds (merchant_id, refund_id) WHERE disagreement <> '';
