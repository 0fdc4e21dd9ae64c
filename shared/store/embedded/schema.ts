import type { Database } from "#shared/embedded/database.ts";
import { readMigrations } from "../migrations.ts";

/**
 * Brings the store's tables up to this release, all or nothing. The log keeps its own tables in the same file.
 *
 * @throws Error when a newer release has written the file.
 */
export function migrateEmbedded(database: Database): void {
  const migrations = readMigrations(new URL("./migrations/", import.meta.url));
  database.transaction(() => {
    database.exec(
      "CREATE TABLE IF NOT EXISTS store_schema (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL) STRICT",
    );
    const found = Number(database.prepare("SELECT version FROM store_schema").get()?.version ?? 0);
    if (found > migrations.length) {
      throw new Error(
        `The database ${database.path} is at schema version ${found}, and this release knows ${migrations.length}: a newer release has used it. Run that one, or restore a backup from before it.`,
      );
    }
    for (const { version, text } of migrations) if (version > found) database.exec(text);
    database
      .prepare("INSERT OR REPLACE INTO store_schema (only, version) VALUES (1, ?)")
      .run(migrations.length);
  });
}
