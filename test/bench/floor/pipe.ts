import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import cassandra from "cassandra-driver";
import { Kafka, logLevel, type Producer } from "kafkajs";

/** Where the bare pipe runs, and under which names. */
export interface PipePlan {
  readonly brokers: readonly string[];
  readonly contactPoints: readonly string[];
  readonly dataCenter: string;
  /** Of its topics, groups and keyspace. */
  readonly name: string;
}

/** As many as a deployment has, so that fetches and inserts are spread alike. */
const partitions = 16;

export const topicsOf = (name: string) => ({ sent: `${name}.sent`, stored: `${name}.stored` });

export const insertStatement = "INSERT INTO messages (room_id, number, id, body) VALUES (?, ?, ?, ?)";

export function kafkaOf(plan: PipePlan, part: string): Kafka {
  return new Kafka({
    clientId: `${plan.name}-${part}`,
    brokers: [...plan.brokers],
    logLevel: logLevel.NOTHING,
    // Without it small requests wait for each other's TCP acknowledgements: that would be no floor.
    socketFactory: ({ host, port, onConnect }) => connect({ host, port, noDelay: true }, onConnect),
  });
}

export async function connectProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return producer;
}

/**
 * Reads a topic from its end, by batches of a partition, each partition on its own. Resolves when it owns all of them:
 * what is sent from then on is read.
 */
export async function consumeAll(
  kafka: Kafka,
  topic: string,
  handle: (values: readonly { key: string; value: string }[]) => Promise<void>,
): Promise<() => Promise<void>> {
  const consumer = kafka.consumer({
    groupId: `${topic}-${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const joined = new Promise<void>((resolve) => consumer.on("consumer.group_join", () => resolve()));
  await consumer.run({
    partitionsConsumedConcurrently: partitions,
    eachBatch: ({ batch }) =>
      handle(
        batch.messages.map(({ key, value }) => ({
          key: key?.toString() ?? "",
          value: value?.toString() ?? "",
        })),
      ),
  });
  await joined;
  return () => consumer.disconnect();
}

export function cassandraOf({ contactPoints, dataCenter }: PipePlan, keyspace?: string): cassandra.Client {
  const options = { contactPoints: [...contactPoints], localDataCenter: dataCenter };
  return new cassandra.Client(keyspace === undefined ? options : { ...options, keyspace });
}

/** Makes the topics and the table. The returned function takes them away again. */
export async function layPipe(plan: PipePlan): Promise<() => Promise<void>> {
  const { sent, stored } = topicsOf(plan.name);
  const admin = kafkaOf(plan, "admin").admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [sent, stored].map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 })),
  });
  const client = cassandraOf(plan);
  await client.execute(
    `CREATE KEYSPACE ${plan.name} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  );
  await client.execute(
    `CREATE TABLE ${plan.name}.messages (room_id text, number int, id text, body text, PRIMARY KEY (room_id, number))`,
  );
  return async () => {
    await admin.deleteTopics({ topics: [sent, stored] });
    await admin.disconnect();
    await client.execute(`DROP KEYSPACE ${plan.name}`);
    await client.shutdown();
  };
}
