-- What operators and customers' servers did that changes access. Appended in the order they come, and never changed,
-- but that `outcome` is said once.
CREATE TABLE store_audit (
  tenant_id TEXT NOT NULL,
  audit_id TEXT NOT NULL,
  entry TEXT NOT NULL,
  outcome TEXT,
  UNIQUE (tenant_id, audit_id)
) STRICT;
