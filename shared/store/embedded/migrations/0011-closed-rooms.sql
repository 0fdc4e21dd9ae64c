-- A user's closed rooms by when they closed, however many.
ALTER TABLE store_members ADD COLUMN closed_at TEXT;
CREATE INDEX store_members_closed ON store_members (tenant_id, user_id, closed_at) WHERE closed_at IS NOT NULL;
