-- Calls that have ended, and the ids by which calls are found. Two rooms may name a call alike.
CREATE TABLE store_calls (
  room_ref INTEGER NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  call TEXT NOT NULL,
  PRIMARY KEY (room_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_call_ids (
  tenant_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  room_ref INTEGER NOT NULL,
  version INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, call_id, room_ref)
) STRICT, WITHOUT ROWID;
