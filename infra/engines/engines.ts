import { startCassandra } from "./cassandra.ts";
import type { Engine } from "./engine.ts";
import { startKafka } from "./kafka.ts";

export type Engines = {
  kafkaBrokers: string[];
  cassandraContactPoints: string[];
  stop(): Promise<void>;
};

export type EnginesOptions = {
  kafkaPort?: number;
  cassandraPort?: number;
};

/** Kafka and Cassandra, both or neither: when one cannot be had, the other is stopped and the reason thrown. */
export async function startEngines({ kafkaPort, cassandraPort }: EnginesOptions = {}): Promise<Engines> {
  const [kafka, cassandra] = await Promise.allSettled([
    startKafka(kafkaPort === undefined ? {} : { hostPort: kafkaPort }),
    startCassandra(cassandraPort === undefined ? {} : { hostPort: cassandraPort }),
  ]);
  if (kafka.status === "fulfilled" && cassandra.status === "fulfilled") {
    return {
      kafkaBrokers: [...kafka.value.addresses],
      cassandraContactPoints: [...cassandra.value.addresses],
      stop: async () => {
        await Promise.all([kafka.value.stop(), cassandra.value.stop()]);
      },
    };
  }
  const reasons: unknown[] = [];
  for (const result of [kafka, cassandra] satisfies PromiseSettledResult<Engine>[]) {
    if (result.status === "fulfilled") await result.value.stop();
    else reasons.push(result.reason);
  }
  const messages = new Set(
    reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))),
  );
  throw new Error(`The engines cannot be had. ${[...messages].join("\n")}`, { cause: reasons[0] });
}
