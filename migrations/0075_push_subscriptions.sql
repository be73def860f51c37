-- Numbers that carriers are asked to push: until when they do, and when to ask (again). A refused number, a failed call and a claim only
-- move subscribe_at; the index holds only trackers of carriers with such subscriptions whose story is not over.
ALTER TABLE trackers
  ADD COLUMN subscribed_until  timestamptz,  -- NULL: never accepted
  ADD COLUMN subscribe_at      timestamptz;  -- when to subscribe or renew; NULL: nothing to ask for
CREATE INDEX trackers_subscribe ON trackers (carrier, account, subscribe_at) WHERE subscribe_at IS NOT NULL AND ended_at IS NULL;

SET LOCAL statement_timeout = '10min';
UPDATE trackers SET subscribe_at = now() WHERE ended_at IS NULL AND carrier IN ('ups', 'usps', 'easypost', 'bring');
