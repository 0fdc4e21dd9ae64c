-- Rooms that change by themselves, by the partition of the log whose owner makes them do so.
ALTER TABLE store_rooms ADD COLUMN partition INTEGER NOT NULL DEFAULT 0;
ALTER TABLE store_rooms ADD COLUMN due_at TEXT;
CREATE INDEX store_rooms_due ON store_rooms (partition, due_at, tenant_id, room_id) WHERE due_at IS NOT NULL;

CREATE TABLE store_due_done (partition INTEGER PRIMARY KEY, done_at TEXT NOT NULL) STRICT;
