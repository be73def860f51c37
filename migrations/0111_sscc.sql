-- Serial shipping container codes: a merchant's GS1 company prefix, the warehouses that want them, and which parcel got which.

CREATE TABLE gs1_settings (
  merchant_id     bigint PRIMARY KEY REFERENCES merchants,
  company_prefix  text NOT NULL CHECK (company_prefix ~ '^[0-9]{7,12}$'),
  extension       smallint NOT NULL DEFAULT 0 CHECK (extension BETWEEN 0 AND 9),
  next_serial     bigint NOT NULL DEFAULT 1,        -- only ever grows, also when the prefix changes
  updated_at      timestamptz NOT NULL
);
ALTER TABLE warehouses ADD COLUMN gs1_labels boolean NOT NULL DEFAULT false;
CREATE TABLE parcel_ssccs (
  merchant_id  bigint NOT NULL,
  parcel_id    bigint NOT NULL,
  sscc         text NOT NULL CHECK (sscc ~ '^[0-9]{18}$'),
  given_at     timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, parcel_id),
  FOREIGN KEY (merchant_id, parcel_id) REFERENCES parcels
);
CREATE UNIQUE INDEX parcel_ssccs_once ON parcel_ssccs (merchant_id, sscc);
