import { serveParent } from "../child.ts";
import {
  cassandraOf,
  connectProducer,
  consumeAll,
  insertStatement,
  kafkaOf,
  type PipePlan,
  topicsOf,
} from "./pipe.ts";

/** The middle of the bare pipe: consume → insert → produce. What fanout does, without anything that makes it a chat. */
const methods = {
  open: async (plan: PipePlan) => {
    const { sent, stored } = topicsOf(plan.name);
    const kafka = kafkaOf(plan, "middle");
    const producer = await connectProducer(kafka);
    const client = cassandraOf(plan, plan.name);
    await client.connect();
    await consumeAll(kafka, sent, async (records) => {
      await Promise.all(
        records.map(({ key, value }) => {
          const { n, body } = JSON.parse(value) as { n: number; body: string };
          return client.execute(insertStatement, [key, n, `${key}-${n}`, body], { prepare: true });
        }),
      );
      await producer.send({ topic: stored, messages: [...records] });
    });
  },
};

export type PipeMiddleMethods = typeof methods;

serveParent(methods);
