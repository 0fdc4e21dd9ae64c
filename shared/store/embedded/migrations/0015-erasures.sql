-- Every room that somebody is or was in.
CREATE INDEX store_members_ever ON store_members (tenant_id, user_id);

-- When somebody was erased from a room: then the row only keeps older ones from coming back, and goes some days later.
ALTER TABLE store_members ADD COLUMN forgotten_at TEXT;
CREATE INDEX store_members_forgotten ON store_members (forgotten_at) WHERE forgotten_at IS NOT NULL;

-- Users that are forgotten, as JSON; those that are not done are few.
CREATE TABLE store_erasures (
  tenant_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  open INTEGER NOT NULL,
  task TEXT NOT NULL,
  PRIMARY KEY (tenant_id, task_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX store_erasures_open ON store_erasures (open) WHERE open = 1;

-- A negative time: the user was forgotten, and what is said of before is not taken.
CREATE INDEX store_last_seen_forgotten ON store_last_seen (seen_ms) WHERE seen_ms < 0;
