-- What is known of carrier accounts by every process: calls left of the quota, the breaker; and the schedule of trackers by account.

-- Accounts belong to the installation (a file of its configuration), not to a merchant: every merchant's parcels share their quota.
CREATE TABLE carrier_accounts (
  carrier          text NOT NULL,
  account          text NOT NULL,
  filled_at        timestamptz,                        -- when the two buckets were last filled up; NULL: never used
  minute_calls     numeric NOT NULL DEFAULT 0,
  day_calls        numeric NOT NULL DEFAULT 0,
  failures         integer NOT NULL DEFAULT 0,         -- failed calls in a row
  times_opened     integer NOT NULL DEFAULT 0,         -- in a row
  open_until       timestamptz,                        -- the breaker: nobody asks before
  why              text NOT NULL DEFAULT '',
  last_answer_at   timestamptz,
  last_failure_at  timestamptz,
  PRIMARY KEY (carrier, account)
);

-- Due trackers are claimed account by account, so that no account's trackers stand behind another's. Each claim and each answer is a new
-- version of the row: room on the page keeps claims out of the indexes, and dead versions at the head of the schedule go soon.
SET LOCAL statement_timeout = '10min';
CREATE INDEX trackers_due_account ON trackers (carrier, account, next_check_at) WHERE next_check_at IS NOT NULL;
DROP INDEX trackers_due;
ALTER TABLE trackers SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- Minutes between UTC and the wall clock where the parcel was last seen: nobody knocks at doors at night.
ALTER TABLE trackers ADD COLUMN utc_offset_minutes smallint;
