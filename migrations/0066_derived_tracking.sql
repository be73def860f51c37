-- What we derive ourselves: parcels that no carrier collected, ends that a person has to look at, and parcels expected back because
-- they could not be delivered.
ALTER TABLE trackers
  ADD COLUMN never_collected  boolean NOT NULL DEFAULT false,
  ADD COLUMN attended_at      timestamptz;          -- when a person dealt with a parcel that was lost or fell silent
CREATE INDEX trackers_never_collected ON trackers (merchant_id, tracker_id) WHERE never_collected;
CREATE INDEX trackers_unattended ON trackers (merchant_id, tracker_id) WHERE status IN ('lost', 'expired') AND attended_at IS NULL;

ALTER TABLE returns
  ADD COLUMN parcel_id   bigint,                    -- undeliverable: the parcel that comes back
  ADD COLUMN suggestion  text NOT NULL DEFAULT '' CHECK (suggestion IN ('', 'refund', 'resend', 'inspect'));
CREATE UNIQUE INDEX returns_parcel ON returns (merchant_id, parcel_id) WHERE parcel_id IS NOT NULL;
CREATE INDEX returns_undeliverable ON returns (merchant_id, return_id)
  WHERE kind = 'undeliverable' AND status IN ('approved', 'in_transit', 'partly_received');
