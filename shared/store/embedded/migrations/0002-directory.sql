-- Rows are JSON: it keeps every text exactly, NUL included, and nothing in it is searched.
CREATE TABLE store_tenants (tenant_id TEXT PRIMARY KEY, tenant TEXT NOT NULL) STRICT;

CREATE TABLE store_api_keys (key_id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, api_key TEXT NOT NULL) STRICT;
CREATE INDEX store_api_keys_by_tenant ON store_api_keys (tenant_id);

CREATE TABLE store_users (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  profile TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_revocations (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  revoked_before_ms INTEGER NOT NULL,
  revoked_before TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_deployment (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch INTEGER NOT NULL,
  partitions INTEGER NOT NULL,
  log TEXT NOT NULL
) STRICT;
