import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { connectCassandraStore } from "#shared/store/cassandra/cassandra-store.ts";
import { cassandraClient } from "#shared/store/cassandra/connection.ts";
import { migrateCassandra } from "#shared/store/cassandra/migrate.ts";
import { storeMigrations } from "#shared/store/cassandra/schema.ts";
import { uniqueName } from "#test/environment/engines.ts";
import { cassandra, dropKeyspace } from "./keyspace.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

const keyspaces: string[] = [];
afterAll(() => Promise.all(keyspaces.map(dropKeyspace)));

function newKeyspace(): string {
  const keyspace = uniqueName("schema");
  keyspaces.push(keyspace);
  return keyspace;
}

const replication = { [cassandra().localDataCenter]: 1 };
const needed = storeMigrations.length;

async function execute(statement: string): Promise<void> {
  const client = cassandraClient(cassandra());
  await client.execute(statement, [], { prepare: false });
  await client.shutdown();
}

test("a keyspace that nobody migrated is refused, and the message says what to do", async () => {
  const keyspace = newKeyspace();
  const connecting = connectCassandraStore({ ...cassandra(), keyspace });
  await expect(connecting).rejects.toThrow(
    `at schema version 0, and this release needs ${needed}: run the migration`,
  );
});

test("migrating twice is migrating once, and what is stored stays", async () => {
  const keyspace = newKeyspace();
  const lines: string[] = [];
  const migrate = () =>
    migrateCassandra({ ...cassandra(), keyspace, replication, report: (line) => lines.push(line) });
  expect(await migrate()).toBe(needed);
  expect(lines.filter((line) => line.includes("applied"))).toHaveLength(needed);

  const store = await connectCassandraStore({ ...cassandra(), keyspace });
  const room = new TestRoom("t", "r");
  room.add("a");
  await store.writeRooms([room.write()]);
  lines.length = 0;
  expect(await migrate()).toBe(needed);
  expect(lines).toEqual([`${keyspace}: schema version ${needed}`]);
  await expectRoom(store, room);
  await store.close();
});

test("a keyspace of a newer or an older release is refused by services, and a newer one by the command", async () => {
  const keyspace = newKeyspace();
  await migrateCassandra({ ...cassandra(), keyspace, replication });
  await execute(`INSERT INTO ${keyspace}.schema_versions (version, name) VALUES (${needed + 1}, 'later')`);
  const connect = () => connectCassandraStore({ ...cassandra(), keyspace });
  await expect(connect()).rejects.toThrow(
    `at schema version ${needed + 1}, and this release knows ${needed}`,
  );
  await expect(migrateCassandra({ ...cassandra(), keyspace, replication })).rejects.toThrow(
    "newer than this release",
  );

  await execute(`DELETE FROM ${keyspace}.schema_versions WHERE version IN (${needed}, ${needed + 1})`);
  await expect(connect()).rejects.toThrow(
    `at schema version ${needed - 1}, and this release needs ${needed}`,
  );
  await migrateCassandra({ ...cassandra(), keyspace, replication });
  const store = await connect();
  await store.close();
});

test("a name that would need quotes is no keyspace", async () => {
  const migrating = migrateCassandra({ ...cassandra(), keyspace: "Nope; DROP", replication });
  await expect(migrating).rejects.toThrow("no name for a keyspace");
});

test("the command migrates, told by its environment, and says why it cannot", async () => {
  const keyspace = newKeyspace();
  const command = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, ["shared/store/cassandra/migrate-main.ts"], {
      env: { PATH: process.env.PATH ?? "", ...env },
    });
  const { contactPoints, localDataCenter } = cassandra();
  const options = {
    SENDSAR_CASSANDRA_KEYSPACE: keyspace,
    SENDSAR_CASSANDRA_DATACENTER: localDataCenter,
    SENDSAR_CASSANDRA_REPLICATION: "1",
  };
  await expect(command(options)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("SENDSAR_CASSANDRA_CONTACT_POINTS"),
  });
  const { stdout } = await command({ ...options, SENDSAR_CASSANDRA_CONTACT_POINTS: contactPoints.join(",") });
  expect(stdout).toContain(`${keyspace}: schema version ${needed}`);
  const store = await connectCassandraStore({ ...cassandra(), keyspace });
  await store.close();
});
