-- Up to which message, and event, all is too old to be kept, and gone.
ALTER TABLE store_rooms ADD COLUMN expired_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE store_rooms ADD COLUMN expired_seq INTEGER NOT NULL DEFAULT 0;

-- The pass over all rooms that finds what is, as JSON.
CREATE TABLE store_retention_pass (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  pass TEXT NOT NULL
) STRICT;
