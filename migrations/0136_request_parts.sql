-- What a request with an Idempotency-Key has done, part by part (most have one, the items of a batch one each), noted in the transaction
-- of the work with what the answer needs. Replaces idempotency_keys.result_ref, which only two kinds of request wrote; the release before
-- this one still does.
CREATE TABLE request_parts (
  merchant_id  bigint NOT NULL,
  key          text NOT NULL,
  part         text NOT NULL,   -- '' or the item's pointer
  result       text NOT NULL,
  PRIMARY KEY (merchant_id, key, part),
  FOREIGN KEY (merchant_id, key) REFERENCES idempotency_keys ON DELETE CASCADE
);
