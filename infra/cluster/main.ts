import { parseArgs } from "node:util";
import closeWithGrace from "close-with-grace";
import { startEngines } from "#infra/engines/engines.ts";
import { helpText } from "#shared/config/help.ts";
import { ConfigError, parseConfig } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";
import { type NodeCounts, startCluster } from "./cluster.ts";

const usage = `npm run cluster -- [--ingest N] [--gateway N] [--fanout N] [--webhooks N] [--calls N]

Runs the distributed deployment on this machine: N processes of each service (1 each unless said otherwise), on the
Kafka and Cassandra that SENDSAR_KAFKA_BROKERS and SENDSAR_CASSANDRA_CONTACT_POINTS name, else on containers.

`;

const nodesMax = 16;

try {
  const counts = readCounts();
  if (counts !== null) await run(counts);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  if (!(error instanceof ConfigError)) process.stderr.write("See --help.\n");
  process.exit(1);
}

async function run(counts: NodeCounts): Promise<void> {
  const config = parseConfig(process.env, "cluster");
  const engines = await startEngines();
  let cluster: Awaited<ReturnType<typeof startCluster>> | null = null;
  closeWithGrace({ delay: 2 * limits.drainMsMax + limits.stopMsMax, logger: false }, async () => {
    await cluster?.stop();
    await engines.stop();
  });
  try {
    cluster = await startCluster(config, engines, counts);
  } catch (error) {
    await engines.stop();
    throw error;
  }
  const { url, tenantId, apiKey } = cluster;
  process.stdout.write(
    `\nThe cluster is ready at ${url} (docs: ${url}/docs)\nAPI key of ${tenantId}: ${apiKey}\n\n`,
  );
}

/** null: help was asked for and given. */
function readCounts(): NodeCounts | null {
  const one = { type: "string", default: "1" } as const;
  const { values } = parseArgs({
    options: { ingest: one, gateway: one, fanout: one, webhooks: one, calls: one, help: { type: "boolean" } },
  });
  if (values.help === true) {
    process.stdout.write(usage + helpText("cluster"));
    return null;
  }
  const count = (name: keyof NodeCounts): number => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 1 && number <= nodesMax) return number;
    throw new Error(`--${name} must be a number from 1 to ${nodesMax}`);
  };
  return {
    ingest: count("ingest"),
    gateway: count("gateway"),
    fanout: count("fanout"),
    webhooks: count("webhooks"),
    calls: count("calls"),
  };
}
