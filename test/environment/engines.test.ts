import cassandra from "cassandra-driver";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { expect, test } from "vitest";
import { engines, uniqueName } from "./engines.ts";

test("a record produced to Kafka is consumed", async () => {
  const topic = uniqueName("records");
  const kafka = new Kafka({ brokers: engines().kafkaBrokers, logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: topic });
  try {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ key: "room", value: "hello" }] });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const { promise: consumed, resolve } = Promise.withResolvers<string | undefined>();
    await consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
    expect(await consumed).toBe("hello");
  } finally {
    await consumer.disconnect();
    await producer.disconnect();
    await admin.disconnect();
  }
});

test("a topic nobody created is not made by producing to it", async () => {
  const kafka = new Kafka({
    brokers: engines().kafkaBrokers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 50 },
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  try {
    await producer.connect();
    const send = producer.send({ topic: uniqueName("absent"), messages: [{ value: "x" }] });
    await expect(send).rejects.toThrow("This server does not host this topic-partition");
  } finally {
    await producer.disconnect();
  }
});

test("a row inserted into Cassandra is read back", async () => {
  const keyspace = uniqueName("rows");
  const client = new cassandra.Client({
    contactPoints: engines().cassandraContactPoints,
    localDataCenter: engines().cassandraDataCenter,
  });
  try {
    await client.execute(
      `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    );
    await client.execute(
      `CREATE TABLE ${keyspace}.messages (room text, seq bigint, body text, PRIMARY KEY (room, seq))`,
    );
    const insert = `INSERT INTO ${keyspace}.messages (room, seq, body) VALUES (?, ?, ?)`;
    await client.execute(insert, ["room", 1, "hello"], { prepare: true });
    const select = `SELECT body FROM ${keyspace}.messages WHERE room = ? AND seq = ?`;
    const result = await client.execute(select, ["room", 1], { prepare: true });
    expect(result.first()?.get("body")).toBe("hello");
  } finally {
    await client.shutdown();
  }
});

test("a unique name is fit for a keyspace, which takes the fewest characters", () => {
  expect(uniqueName("a")).toMatch(/^a_[0-9a-f]{16}$/);
  expect(uniqueName("a".repeat(31))).toHaveLength(48);
  expect(() => uniqueName("Rooms")).toThrow("must be lower-case");
});
