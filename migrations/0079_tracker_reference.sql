-- The carrier's own id of a life of a number, as its first answer about the parcel gave it: numbers are used again, these are not.
ALTER TABLE trackers ADD COLUMN reference text NOT NULL DEFAULT '';
