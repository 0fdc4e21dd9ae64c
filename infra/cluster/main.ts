import { parseArgs } from "node:util";
import { helpText } from "#shared/config/help.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { type Command, obey, readCommand } from "./commands.ts";
import type { ServiceName } from "./node.ts";
import { nodesMax } from "./nodes.ts";
import type { RunOptions } from "./run.ts";

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

interface Run extends RunOptions {
  readonly type: "run";
}

let asked: ReturnType<typeof readArguments> | null = null;
try {
  asked = readArguments();
  if (asked.type === "help") process.stdout.write(usage + helpText("cluster"));
  // Only what runs a cluster loads all that it takes: a command is to be there at once.
  else if (asked.type === "run") await (await import("./run.ts")).runCluster(asked);
  else process.stdout.write(`${await obey(asked, parseConfig(process.env, "cluster").dataDir)}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  if (asked === null) process.stderr.write("See --help.\n");
  process.exit(1);
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
