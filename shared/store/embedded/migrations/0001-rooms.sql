-- A room is known by its tenant and id here alone; every other table of rooms hangs on room_ref.
CREATE TABLE store_rooms (
  room_ref INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  number INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  head TEXT NOT NULL,
  UNIQUE (tenant_id, room_id)
) STRICT;

-- A removed member stays as a row without `member`, so that an older row cannot bring it back.
CREATE TABLE store_members (
  room_ref INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  member TEXT,
  PRIMARY KEY (room_ref, user_id)
) STRICT, WITHOUT ROWID;

-- A user's open rooms, however many closed ones there are.
CREATE INDEX store_members_listed ON store_members (tenant_id, user_id) WHERE listed = 1;

-- Messages and events are appended in the order they come, and found through small indexes. Kept in the order of their
-- rooms instead, each would be put between the full pages of its room, and a batch would write twice as many pages.
CREATE TABLE store_messages (
  room_ref INTEGER NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  countable INTEGER NOT NULL,
  message TEXT NOT NULL,
  UNIQUE (room_ref, number)
) STRICT;

CREATE INDEX store_messages_by_id ON store_messages (room_ref, message_id);

CREATE TABLE store_events (
  room_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  version INTEGER NOT NULL,
  countable INTEGER NOT NULL,
  position INTEGER NOT NULL,
  at TEXT NOT NULL,
  event TEXT NOT NULL,
  UNIQUE (room_ref, seq)
) STRICT;
