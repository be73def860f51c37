-- What a request with an Idempotency-Key has done, part by part: {"": "what the answer needs"}, noted in the transaction of the work.
-- Replaces result_ref, which only two kinds of request wrote; the release before this one still does.
ALTER TABLE idempotency_keys ADD COLUMN done jsonb NOT NULL DEFAULT '{}';
