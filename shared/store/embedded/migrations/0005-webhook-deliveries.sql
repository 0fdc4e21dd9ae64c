-- Appended in the order they come, and found through a small index, like messages.
CREATE TABLE store_webhook_deliveries (
  tenant_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  delivery TEXT NOT NULL,
  progress TEXT,
  UNIQUE (tenant_id, delivery_id)
) STRICT;

CREATE TABLE store_webhook_due (
  part INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  delivery_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  PRIMARY KEY (part, due_ms, delivery_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_webhook_marks (part INTEGER PRIMARY KEY, mark_ms INTEGER NOT NULL) STRICT;

CREATE TABLE store_webhook_tails (
  tenant_id TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, endpoint_id, room_id)
) STRICT, WITHOUT ROWID;
