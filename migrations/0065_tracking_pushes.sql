-- When a carrier last pushed (a pushed tracker is polled less), its own status in its own words, and the finer word of an event.
ALTER TABLE trackers
  ADD COLUMN last_push_at    timestamptz,
  ADD COLUMN carrier_status  text NOT NULL DEFAULT '';
ALTER TABLE tracking_events
  ADD COLUMN sub_code        text NOT NULL DEFAULT '';
