import { randomUUID } from "node:crypto";
import type { Database } from "#shared/embedded/database.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS log_identity (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    identity TEXT NOT NULL
  ) STRICT;
`;

/** The log's name, which is made up when it is first asked for and kept with its records. */
export function identityOf(database: Database): string {
  return database.transaction(() => {
    database.exec(schema);
    database.prepare("INSERT OR IGNORE INTO log_identity (only, identity) VALUES (1, ?)").run(randomUUID());
    return String(database.prepare("SELECT identity FROM log_identity").get()?.identity);
  });
}
