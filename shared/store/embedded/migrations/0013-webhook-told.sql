-- Who was told of for not having read a room: appended in the order they come, so that the oldest go first.
CREATE TABLE store_webhook_told (
  tenant_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  read_number INTEGER NOT NULL,
  told_ms INTEGER NOT NULL,
  UNIQUE (tenant_id, endpoint_id, room_id, user_id)
) STRICT;
