import { connectCassandraStore } from "#shared/store/cassandra/cassandra-store.ts";
import { describeStoreContract } from "./contract.ts";
import { cassandra, makeKeyspace } from "./keyspace.ts";

describeStoreContract("Cassandra", async () => {
  const { keyspace, drop } = await makeKeyspace();
  const store = await connectCassandraStore({ ...cassandra(), keyspace });
  return {
    store,
    async dispose() {
      await store.close();
      await drop();
    },
  };
});
