import { parseArgs } from "node:util";
import closeWithGrace from "close-with-grace";
import { startEngines } from "#infra/engines/engines.ts";
import { startS3 } from "#infra/engines/s3.ts";
import { helpText } from "#shared/config/help.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";
import { Cluster, type NodeCounts } from "./cluster.ts";
import { type Command, obey, readCommand } from "./commands.ts";
import type { ServiceName } from "./node.ts";
import { nodesMax } from "./nodes.ts";

const usage = `npm run cluster -- [--ingest N] [--gateway N] [--fanout N] [--webhooks N] [--calls N] [--s3]

Runs the distributed deployment on this machine: N processes of each service (1 each unless said otherwise, at most
${nodesMax}), on the Kafka and Cassandra that SENDSAR_KAFKA_BROKERS and SENDSAR_CASSANDRA_CONTACT_POINTS name, else on
containers. One edge URL serves the whole API. SIGTERM drains every node and exits 0.

Media is kept in the data folder, which all nodes share; with --s3 in the bucket of an S3 server, in a container that is
gone when the cluster ends; or where the SENDSAR_S3_ settings say.

While it runs, from another shell, with the same SENDSAR_DATA_DIR:

  npm run cluster -- status             the nodes: what they are doing, their pids and URLs
  npm run cluster -- add <service>      starts one more ingest, gateway, fanout, webhooks or calls node, under a new
                                        name such as gateway-3, and waits until it is up
  npm run cluster -- drain <node>       takes a node out, such as gateway-2: nothing new is sent to it, it ends what it
                                        has, closes its sockets for their clients to reconnect, and is gone

Each exits 0 when that is done. A node that ends by itself is started again, later each time.

`;

interface Run {
  readonly type: "run";
  readonly counts: NodeCounts;
  readonly s3: boolean;
}

let asked: ReturnType<typeof readArguments> | null = null;
try {
  asked = readArguments();
  if (asked.type === "help") process.stdout.write(usage + helpText("cluster"));
  else if (asked.type === "run") await run(asked);
  else process.stdout.write(`${await obey(asked, parseConfig(process.env, "cluster").dataDir)}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  if (asked === null) process.stderr.write("See --help.\n");
  process.exit(1);
}

async function run({ counts, s3: isS3Wanted }: Run): Promise<void> {
  // Before anything is started for it.
  const { s3Endpoint } = parseConfig(process.env, "cluster");
  if (isS3Wanted && s3Endpoint !== null)
    throw new Error("--s3 starts a server of its own, and SENDSAR_S3_ENDPOINT names another");
  const [engines, s3] = await Promise.all([startEngines(), isS3Wanted ? startS3() : null]);
  // For its nodes as well.
  Object.assign(process.env, s3?.env);
  const config = parseConfig(process.env, "cluster");
  const cluster = new Cluster(config);
  const end = async () => {
    await cluster.stop();
    await Promise.all([engines.stop(), s3?.stop()]);
  };
  let ending = false;
  closeWithGrace({ delay: 2 * limits.drainMsMax + limits.stopMsMax, logger: false }, async () => {
    ending = true;
    await end();
  });
  try {
    const { url, tenantId, apiKey } = await cluster.start(engines, counts);
    process.stdout.write(
      `\nThe cluster is ready at ${url} (docs: ${url}/docs)\nAPI key of ${tenantId}: ${apiKey}\n\n`,
    );
  } catch (error) {
    // Told to end before it was ready: that is what it does.
    if (ending) return;
    await end();
    throw error;
  }
}

function readArguments(): Command | { type: "help" } | Run {
  const one = { type: "string", default: "1" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseArgs({
    options: { ingest: one, gateway: one, fanout: one, webhooks: one, calls: one, s3: flag, help: flag },
    allowPositionals: true,
  });
  if (values.help) return { type: "help" };
  if (positionals.length > 0) return readCommand(positionals);
  const count = (name: ServiceName): number => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 1 && number <= nodesMax) return number;
    throw new Error(`--${name} must be a number from 1 to ${nodesMax}`);
  };
  const counts = {
    ingest: count("ingest"),
    gateway: count("gateway"),
    fanout: count("fanout"),
    webhooks: count("webhooks"),
    calls: count("calls"),
  };
  return { type: "run", counts, s3: values.s3 };
}
