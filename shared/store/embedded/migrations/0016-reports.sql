-- Reports of messages. `reporter` is a user, or stands for what masking has flagged.
CREATE TABLE store_reports (
  tenant_id TEXT NOT NULL,
  report_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  reporter TEXT NOT NULL,
  report TEXT NOT NULL,
  resolution TEXT,
  UNIQUE (tenant_id, report_id),
  UNIQUE (tenant_id, room_id, message_id, reporter)
) STRICT;
