-- Bytes that a tenant was granted in a day, by each process that granted them.
CREATE TABLE store_media_days (
  tenant_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  node TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, day, node)
) STRICT, WITHOUT ROWID;
