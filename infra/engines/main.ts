// Keeps a Kafka and a Cassandra running while you work: `npx node infra/engines/main.ts`, then
// paste the two lines it prints into the shell that runs the tests.
import { parseArgs } from "node:util";
import { startEngines } from "./engines.ts";
import { exitOnSignals } from "./exit-on-signals.ts";
import { progress } from "./progress.ts";

const { values } = parseArgs({
  options: { "kafka-port": { type: "string" }, "cassandra-port": { type: "string" } },
});

function port(name: "kafka-port" | "cassandra-port"): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Error(`--${name} must be a port between 1 and 65535, not \`${text}\`.`);
  }
  return number;
}

// Exiting removes the containers, whether they are up or still starting.
exitOnSignals();

const kafkaPort = port("kafka-port");
const cassandraPort = port("cassandra-port");
const engines = await startEngines({
  ...(kafkaPort === undefined ? {} : { kafkaPort }),
  ...(cassandraPort === undefined ? {} : { cassandraPort }),
}).catch((error: unknown) => {
  progress(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
process.stdout.write(`export SENDSAR_KAFKA_BROKERS=${engines.kafkaBrokers.join(",")}\n`);
process.stdout.write(`export SENDSAR_CASSANDRA_CONTACT_POINTS=${engines.cassandraContactPoints.join(",")}\n`);
progress("running until SIGINT or SIGTERM");
// Waiting for a signal does not keep a process alive.
setInterval(() => {}, 60_000);
