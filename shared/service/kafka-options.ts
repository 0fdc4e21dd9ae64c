import type { SASLOptions } from "kafkajs";
import type { ConfigOf } from "#shared/config/parse.ts";

export type KafkaConfig = Pick<
  ConfigOf<"fanout">,
  "kafkaBrokers" | "kafkaReplication" | "kafkaTls" | "kafkaSasl" | "kafkaUsername" | "kafkaPassword"
>;

/** What the options say of Kafka, for `connectKafkaLog`. */
export function kafkaOptionsOf(config: KafkaConfig) {
  return {
    brokers: config.kafkaBrokers,
    ...(config.kafkaReplication === null ? {} : { replicationFactor: config.kafkaReplication }),
    ...(config.kafkaTls ? { ssl: true } : {}),
    ...loginOf(config),
  };
}

function loginOf(config: KafkaConfig): { sasl?: SASLOptions } {
  const { kafkaSasl: mechanism, kafkaUsername: username, kafkaPassword: password } = config;
  if (username === null || password === null) return {};
  return { sasl: { mechanism, username, password } };
}
