import { cassandraClient } from "#shared/store/cassandra/connection.ts";
import { migrateCassandra } from "#shared/store/cassandra/migrate.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";

/** How a test reaches its Cassandra. */
export function cassandra() {
  const { cassandraContactPoints, cassandraDataCenter } = engines();
  return { contactPoints: cassandraContactPoints, localDataCenter: cassandraDataCenter };
}

/** A migrated keyspace of the test's own. */
export async function makeKeyspace(prefix = "store"): Promise<{ keyspace: string; drop(): Promise<void> }> {
  const keyspace = uniqueName(prefix);
  const { localDataCenter } = cassandra();
  await migrateCassandra({ ...cassandra(), keyspace, replication: { [localDataCenter]: 1 } });
  return { keyspace, drop: () => dropKeyspace(keyspace) };
}

export async function dropKeyspace(keyspace: string): Promise<void> {
  const client = cassandraClient(cassandra(), { requestMsMax: 60_000 });
  try {
    await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`, [], { prepare: false });
  } finally {
    await client.shutdown();
  }
}
