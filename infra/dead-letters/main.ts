import { parseArgs } from "node:util";
import { ConfigError, parseConfig } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";
import { type DeadLetter, generatedKeys, Operator } from "./operator.ts";

const usage = `npm run dead-letters -- list [--limit N] [--cursor C]
npm run dead-letters -- show ID [--raw]
npm run dead-letters -- replay ID …

Records that nobody could process, and that their partition went on without. It asks a deployment that runs, the
standalone or a cluster, by the operator's calls of its API.

  list     the newest first: id, when, why, the key, what was met
  show     one of them, as JSON; --raw writes the bytes of its value and nothing else
  replay   writes them back to their partitions, where each is processed as if it came now: a message that was sent is
           made if it is not there, any other command is applied to the room as it is now

  --url    the deployment's API; else http://SENDSAR_HOST:SENDSAR_PORT

The operator's key is SENDSAR_ADMIN_KEY, or else the one in the data folder, SENDSAR_DATA_DIR.
`;

try {
  await run();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  if (!(error instanceof ConfigError)) process.stderr.write("See --help.\n");
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: "string" },
      limit: { type: "string", default: String(limits.pageItemsDefault) },
      cursor: { type: "string" },
      raw: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [command, ...ids] = positionals;
  if (values.help || command === undefined) {
    process.stdout.write(usage);
    return;
  }
  const { host, port, adminKey, dataDir } = parseConfig(process.env, "cluster");
  const keys = adminKey === null ? await generatedKeys(dataDir) : [adminKey];
  const operator = new Operator(values.url?.replace(/\/+$/, "") ?? `http://${host}:${port}`, keys);

  switch (command) {
    case "list": {
      const { limit, cursor } = values;
      const { items, next } = await operator.list({
        limit: Number(limit),
        ...(cursor === undefined ? {} : { cursor }),
      });
      process.stdout.write(items.length === 0 ? "There are none.\n" : items.map(lineOf).join(""));
      if (next !== null) process.stdout.write(`There are more: --cursor ${next}\n`);
      return;
    }
    case "show": {
      const letter = await operator.find(oneOf(ids));
      if (values.raw) process.stdout.write(Buffer.from(letter.value ?? "", "base64"));
      else process.stdout.write(`${JSON.stringify(letter, null, 2)}\n`);
      return;
    }
    case "replay": {
      if (ids.length === 0) throw new Error("replay needs the ids of what is to be replayed.");
      for (const id of ids) {
        const { topic, partition, replayedAt } = await operator.replay(id);
        process.stdout.write(`${id}: written to ${topic}/${partition} at ${replayedAt}\n`);
      }
      return;
    }
    default:
      throw new Error(`${command} is none of list, show and replay.`);
  }
}

function oneOf(ids: readonly string[]): string {
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw new Error("show needs one id.");
  return id;
}

/** What it says of the error is of many lines where it is a stack. */
function lineOf({ deadLetterId, at, reason, service, key, bytes, error, replayedAt }: DeadLetter): string {
  const state = replayedAt === null ? "waits" : `replayed ${replayedAt}`;
  const met = error.replaceAll(/\s+/g, " ").slice(0, 120);
  return `${deadLetterId}  ${at}  ${state}\n    ${reason} in ${service}, ${bytes} bytes, key ${JSON.stringify(key)}: ${met}\n`;
}
