-- What a user wants for itself, as JSON; of those who have said nothing there is no row.
CREATE TABLE store_user_settings (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  settings TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
