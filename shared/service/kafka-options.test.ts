import { expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import { kafkaOptionsOf } from "./kafka-options.ts";

function optionsOf(env: Record<string, string>) {
  const required = { SENDSAR_KAFKA_BROKERS: "a:1,b:2", SENDSAR_CASSANDRA_CONTACT_POINTS: "c" };
  return kafkaOptionsOf(parseConfig({ ...required, ...env }, "fanout"));
}

test("what is not set is left to the brokers", () => {
  expect(optionsOf({})).toEqual({ brokers: ["a:1", "b:2"] });
});

test("TLS and the login are passed on, with the strongest mechanism unless told otherwise", () => {
  const login = { SENDSAR_KAFKA_USERNAME: "u", SENDSAR_KAFKA_PASSWORD: "p" };
  const given = { username: "u", password: "p" };
  expect(optionsOf({ SENDSAR_KAFKA_TLS: "1", ...login })).toMatchObject({
    ssl: true,
    sasl: { mechanism: "scram-sha-512", ...given },
  });
  for (const mechanism of ["scram-sha-256", "plain"]) {
    const { sasl } = optionsOf({ ...login, SENDSAR_KAFKA_SASL: mechanism });
    expect(sasl).toEqual({ mechanism, ...given });
  }
});

test("the replication of topics is passed on", () => {
  expect(optionsOf({ SENDSAR_KAFKA_REPLICATION: "3" })).toMatchObject({ replicationFactor: 3 });
});
