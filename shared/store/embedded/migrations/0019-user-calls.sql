-- The room of the call that a user came to last, rung or by itself. Whether it still is in it, the room's head says.
CREATE TABLE store_user_calls (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  room_ref INTEGER NOT NULL,
  came_at TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
