-- Files: what was granted, and what was found when it was looked at. `outcome` is JSON; NULL: nobody has looked.
CREATE TABLE store_media (
  tenant_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  uploader_id TEXT,
  media TEXT NOT NULL,
  outcome TEXT,
  PRIMARY KEY (tenant_id, media_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX store_media_uploaders ON store_media (tenant_id, uploader_id, media_id) WHERE uploader_id IS NOT NULL;

-- Messages that name a file, or were to.
CREATE TABLE store_media_uses (
  tenant_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, media_id, room_id, message_id)
) STRICT, WITHOUT ROWID;

-- When a file is to be looked at, by the partition whose owner does, and until when that was done.
CREATE TABLE store_media_due (
  partition INTEGER NOT NULL,
  due_at TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  PRIMARY KEY (partition, due_at, tenant_id, media_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE store_media_due_done (
  partition INTEGER PRIMARY KEY,
  done_at TEXT NOT NULL
) STRICT;
