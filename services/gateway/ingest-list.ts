import { unwatchFile, watchFile } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import type { IngestNodes } from "#shared/intents/ingest-nodes.ts";
import { limits } from "#shared/limits.ts";
import { checker } from "#shared/protocol/checker.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Logger } from "#shared/service/logger.ts";

const readList = checker(
  Type.Array(Type.String({ pattern: "^https?://" }), { minItems: 1, maxItems: limits.ingestListNodesMax }),
);

/** Where ingest nodes come and go, a file lists them: whoever runs the nodes writes it anew, in one move. */
export function followIngestList(options: {
  /** What was configured: base URLs, or one file: URL. */
  configured: readonly string[];
  nodes: IngestNodes;
  logger: Logger;
}): Service {
  const { configured, nodes, logger } = options;
  const [first = ""] = configured;
  const path = configured.length === 1 && first.startsWith("file:") ? fileURLToPath(first) : null;

  async function read(file: string): Promise<void> {
    nodes.replace(readList(JSON.parse(await readFile(file, "utf8"))));
  }

  const changed = () => {
    if (path === null) return;
    read(path).catch((err: unknown) => logger.warn({ err, path }, "the list of ingest nodes cannot be read"));
  };

  return {
    name: "ingest list",
    async start() {
      if (path === null) return nodes.replace(configured);
      await read(path);
      watchFile(path, { interval: limits.ingestListPollMs, persistent: false }, changed);
    },
    drain: async () => {},
    async stop() {
      if (path !== null) unwatchFile(path, changed);
    },
    ready: async () => {},
  };
}
