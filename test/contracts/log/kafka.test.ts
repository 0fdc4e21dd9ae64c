import { Kafka, logLevel } from "kafkajs";
import { startKafkaContainer } from "#infra/engines/kafka.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog } from "#shared/log/log.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";
import { describeLogContract, type MakeLog } from "./contract.ts";

const makeLog: MakeLog = async () => {
  const brokers = engines().kafkaBrokers;
  const prefix = `${uniqueName("log")}.`;
  let opened: EventLog[] = [];
  const shut = async () => {
    const closing = opened;
    opened = [];
    await Promise.all(closing.map((log) => log.close()));
  };
  return {
    child: { engine: "kafka", brokers, prefix },
    open: async (observer) => {
      const clientId = `${prefix}node`;
      const log = await connectKafkaLog({
        brokers,
        clientId,
        ...(observer === undefined ? {} : { observer }),
      });
      opened.push(log);
      return log;
    },
    shut,
    dispose: async () => {
      await shut();
      await removeTopics(brokers, prefix);
    },
  };
};

/** The logs of `makeLog` are parts of one, as deployments on one Kafka are: another takes another cluster. */
const makeOther: MakeLog = async () => {
  const engine = await startKafkaContainer();
  const brokers = engine.addresses;
  const opened: EventLog[] = [];
  const shut = async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()));
  };
  return {
    child: { engine: "kafka", brokers, prefix: "" },
    open: async () => {
      const log = await connectKafkaLog({ brokers, clientId: "node" });
      opened.push(log);
      return log;
    },
    shut,
    dispose: async () => {
      await shut();
      await engine.stop();
    },
  };
};

describeLogContract("Kafka", makeLog, makeOther);

async function removeTopics(brokers: string[], prefix: string): Promise<void> {
  const admin = new Kafka({ brokers, clientId: prefix, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}
