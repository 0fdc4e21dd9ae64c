import type { Client } from "cassandra-driver";
import { type CassandraConnection, cassandraClient } from "./connection.ts";
import { schemaVersion, storeMigrations } from "./schema.ts";

export interface MigrateOptions extends CassandraConnection {
  readonly keyspace: string;
  /** Copies in each data centre; a keyspace that exists keeps its own. */
  readonly replication: Readonly<Record<string, number>>;
  /** Told what is done, one line a step. */
  readonly report?: (line: string) => void;
}

/** Unquoted names only, so that a name is the same in every tool. */
const keyspacePattern = /^[a-z][a-z0-9_]{0,47}$/;

/** A change of the schema waits for every node. */
const schemaChangeMsMax = 60_000;

/**
 * Brings a keyspace, which it makes if need be, to the schema of this release. A second run does nothing; a run that
 * was cut short is completed by the next, as every statement says IF NOT EXISTS. One at a time, by an operator or a
 * deployment's job: never by the services.
 *
 * @returns the schema's version.
 * @throws Error when a newer release has migrated it.
 */
export async function migrateCassandra(options: MigrateOptions): Promise<number> {
  const { keyspace, report } = options;
  if (!keyspacePattern.test(keyspace)) throw new Error(`\`${keyspace}\` is no name for a keyspace.`);
  const client = cassandraClient(options, { requestMsMax: schemaChangeMsMax });
  try {
    await client.connect();
    const found = await schemaVersion(client, keyspace);
    if (found > storeMigrations.length) {
      throw new Error(
        `${keyspace} is at schema version ${found}, newer than this release (${storeMigrations.length}).`,
      );
    }
    if (found === 0) await makeKeyspace(client, options);
    await execute(client, `USE ${keyspace}`);
    for (const { version, name, text } of storeMigrations.slice(found)) {
      for (const statement of statementsOf(text)) await execute(client, statement);
      const record = `INSERT INTO schema_versions (version, name, applied_at) VALUES (?, ?, toTimestamp(now()))`;
      await client.execute(record, [version, name]);
      report?.(`${keyspace}: applied ${name}`);
    }
    report?.(`${keyspace}: schema version ${storeMigrations.length}`);
    return storeMigrations.length;
  } finally {
    await client.shutdown();
  }
}

async function makeKeyspace(client: Client, { keyspace, replication }: MigrateOptions): Promise<void> {
  const copies = Object.entries(replication).map(([dataCenter, factor]) => {
    if (!/^[\w-]+$/.test(dataCenter) || !Number.isInteger(factor) || factor < 1) {
      throw new Error(`Not a replication: ${dataCenter}: ${factor}`);
    }
    return `'${dataCenter}': ${factor}`;
  });
  const strategy = `{'class': 'NetworkTopologyStrategy', ${copies.join(", ")}}`;
  await execute(client, `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ${strategy}`);
  await execute(
    client,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.schema_versions (version int PRIMARY KEY, name text, applied_at timestamp)`,
  );
}

async function execute(client: Client, statement: string): Promise<void> {
  await client.execute(statement, [], { prepare: false });
}

/** No text in these files holds a semicolon or two dashes but to end a statement or begin a comment. */
function statementsOf(text: string): string[] {
  const code = text.replaceAll(/--.*$/gm, "");
  return code
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
