import cassandra from "cassandra-driver";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { test } from "vitest";
import { startCassandraContainer } from "#infra/engines/cassandra.ts";
import { startKafkaContainer } from "#infra/engines/kafka.ts";

/** Four starts of a JVM, on a machine that may be busy with the rest of the suite. */
const timeoutMs = 180_000;

// At once: most of either is waiting for a JVM.
test.concurrent("a record acked by Kafka is at the same address after the broker was killed and started again", {
  timeout: timeoutMs,
}, async ({ expect }) => {
  const engine = await startKafkaContainer();
  const kafka = new Kafka({ brokers: [...engine.addresses], logLevel: logLevel.NOTHING });
  const topic = "kept";
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  try {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ value: "before" }] });
    await engine.halt("kill");
    await engine.resume();
    const [partition] = await admin.fetchTopicOffsets(topic);
    expect(partition?.high).toBe("1");
  } finally {
    await producer.disconnect();
    await admin.disconnect();
    await engine.stop();
  }
});

test.concurrent("a row is at the same address after Cassandra was shut down and started again", {
  timeout: timeoutMs,
}, async ({ expect }) => {
  const engine = await startCassandraContainer();
  const connect = () =>
    new cassandra.Client({ contactPoints: [...engine.addresses], localDataCenter: "datacenter1" });
  try {
    const before = connect();
    await before.execute(
      "CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    );
    await before.execute("CREATE TABLE kept.rows (id int PRIMARY KEY)");
    await before.execute("INSERT INTO kept.rows (id) VALUES (1)");
    await before.shutdown();
    await engine.halt("shutdown");
    await engine.resume();
    const after = connect();
    const result = await after.execute("SELECT id FROM kept.rows");
    await after.shutdown();
    expect(result.rowLength).toBe(1);
  } finally {
    await engine.stop();
  }
});
