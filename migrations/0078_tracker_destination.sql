-- Where a tracked parcel goes, kept on the tracker when it starts: some carriers want to see it before they answer, and nobody knocks at
-- doors at night there. The zone's offset changes with the seasons, so its name is kept (trackers that run already stay without one).
ALTER TABLE trackers
  DROP COLUMN utc_offset_minutes,                    -- never written
  ADD COLUMN country      text NOT NULL DEFAULT '',
  ADD COLUMN postal_code  text NOT NULL DEFAULT '',
  ADD COLUMN time_zone    text NOT NULL DEFAULT '';  -- IANA; empty: not known
