-- Two texts, as two write them: the customer's server, and the node that disables what fails.
CREATE TABLE store_webhook_endpoints (
  tenant_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  endpoint TEXT,
  state TEXT,
  removed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, endpoint_id)
) STRICT, WITHOUT ROWID;
