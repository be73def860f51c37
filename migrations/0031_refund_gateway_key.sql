-- The idempotency key that the gateway is told, saved with the refund: the same for every try, never derived again.
-- The default serves a program that does not know the column yet.
ALTER TABLE refunds ADD COLUMN gateway_key text NOT NULL DEFAULT 'roundtrip-' || gen_random_uuid() CHECK (gateway_key <> '');
