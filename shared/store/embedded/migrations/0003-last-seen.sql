CREATE TABLE store_last_seen (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
