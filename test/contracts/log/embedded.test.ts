import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import type { EventLog } from "#shared/log/log.ts";
import { describeLogContract } from "./contract.ts";

describeLogContract("SQLite", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sendsar-log-"));
  const path = join(directory, "data.db");
  let opened: { database: Database; log: EventLog } | null = null;
  const shut = async () => {
    const closing = opened;
    opened = null;
    await closing?.log.close();
    closing?.database.close();
  };
  return {
    child: { engine: "embedded", path, prefix: "" },
    open: async (observer) => {
      if (opened === null) {
        const database = openDatabase(path);
        const log = createEmbeddedLog({ database, ...(observer === undefined ? {} : { observer }) });
        opened = { database, log };
      }
      return opened.log;
    },
    shut,
    dispose: async () => {
      await shut();
      await rm(directory, { recursive: true });
    },
  };
});
