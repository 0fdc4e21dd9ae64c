import type { Client } from "cassandra-driver";
import { errors, types } from "cassandra-driver";
import { readMigrations } from "../migrations.ts";

/** The versioned files: what this release needs the keyspace to be. */
export const storeMigrations = readMigrations(new URL("./migrations/", import.meta.url));

/** Connects, if need be, and tells the newest version that was applied to the keyspace; 0 when none was. */
export async function schemaVersion(client: Client, keyspace: string): Promise<number> {
  try {
    const { rows } = await client.execute(`SELECT version FROM ${keyspace}.schema_versions`, [], {
      prepare: false,
    });
    return rows.reduce((newest, { version }) => Math.max(newest, Number(version)), 0);
  } catch (error) {
    // No such table, or no such keyspace.
    const missing = error instanceof errors.ResponseError && error.code === types.responseErrorCodes.invalid;
    if (missing) return 0;
    throw error;
  }
}

/** A service must not run on a schema of another release. */
export class SchemaMismatch extends Error {
  constructor(keyspace: string, found: number) {
    const needed = storeMigrations.length;
    super(
      found < needed
        ? `The keyspace ${keyspace} is at schema version ${found}, and this release needs ${needed}: run the migration command before its services.`
        : `The keyspace ${keyspace} is at schema version ${found}, and this release knows ${needed}: a newer release has migrated it.`,
    );
    this.name = "SchemaMismatch";
  }
}
