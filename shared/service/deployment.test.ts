import { expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { joinDeployment } from "./deployment.ts";

const newStore = () => createEmbeddedStore({ database: openDatabase(":memory:") });
const logOf = (identity: string) => ({ identity: async () => identity });
const config = { partitions: 16, topicPrefix: "sendsar." };

test("a deployment is joined by whoever has its log and partitions", async () => {
  const store = newStore();
  const made = await joinDeployment(store, logOf("cluster-a"), config);
  expect(made).toEqual({ epoch: 1, partitions: 16, log: "cluster-a/sendsar." });
  expect(await joinDeployment(store, logOf("cluster-a"), config)).toEqual(made);
});

test.each([
  ["another Kafka", "cluster-b", "sendsar."],
  ["another topic prefix", "cluster-a", "blue."],
])("a store is refused beside %s, with what to do", async (_, identity, topicPrefix) => {
  const store = newStore();
  await joinDeployment(store, logOf("cluster-a"), config);
  const joining = joinDeployment(store, logOf(identity), { ...config, topicPrefix });
  await expect(joining).rejects.toThrow(
    `history of the log cluster-a/sendsar. (cluster id/topic prefix), and this is ${identity}/${topicPrefix}`,
  );
  await expect(joining).rejects.toThrow("or SENDSAR_CASSANDRA_KEYSPACE to another keyspace");
});

test("another number of partitions is refused", async () => {
  const store = newStore();
  await joinDeployment(store, logOf("cluster-a"), config);
  await expect(joinDeployment(store, logOf("cluster-a"), { ...config, partitions: 8 })).rejects.toThrow(
    "made with SENDSAR_PARTITIONS=16, not 8",
  );
});
