-- What trackers know besides their events: the carrier's headline and estimate, and what the last reply was.

ALTER TABLE trackers
  ADD COLUMN announced_at     timestamptz,              -- when the carrier took our announcement
  ADD COLUMN estimated_at     timestamptz,              -- the carrier's newest estimate
  ADD COLUMN signed_by        text NOT NULL DEFAULT '',
  ADD COLUMN headline         text NOT NULL DEFAULT '', -- the carrier's own status, and the newest event it speaks for
  ADD COLUMN headline_reason  text NOT NULL DEFAULT '',
  ADD COLUMN headline_at      timestamptz,
  ADD COLUMN reply_hash       text NOT NULL DEFAULT ''; -- of the last reply: the same again brings nothing new
-- Pushes name a number, not a merchant.
CREATE INDEX trackers_carrier_number ON trackers (carrier, number, merchant_id);
