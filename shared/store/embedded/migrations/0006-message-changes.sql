-- `seq` of the event that made a message what it is; NULL where it is as it was made.
ALTER TABLE store_messages ADD COLUMN revised INTEGER;

-- What messages said before they were changed, by the seq of the change.
CREATE TABLE store_message_versions (
  room_ref INTEGER NOT NULL,
  number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  version INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (room_ref, number, seq)
) STRICT, WITHOUT ROWID;

-- By key, those who reacted beyond the users that the message shows; NULL where there are none.
ALTER TABLE store_messages ADD COLUMN more_reactions TEXT;
