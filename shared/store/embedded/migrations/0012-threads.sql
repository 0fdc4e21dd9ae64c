-- The message that the thread of this one begins with; NULL for those that are in none.
ALTER TABLE store_messages ADD COLUMN thread_id TEXT;
CREATE INDEX store_messages_threads ON store_messages (room_ref, thread_id, number) WHERE thread_id IS NOT NULL;
