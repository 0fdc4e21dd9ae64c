import { setTimeout as elapse } from "node:timers/promises";
import { limits } from "#shared/limits.ts";
import { type ChildLog, openChildLog } from "./child-log.ts";

/** Processes one batch and never ends the second. Says so when a commit of the second, if there were one, is done. */
const input = JSON.parse(process.argv[2] ?? "") as { where: ChildLog; topic: string; group: string };
const log = await openChildLog(input.where);
if (input.where.engine === "embedded") {
  const cleanup = { policy: "delete", retentionMs: 3_600_000 } as const;
  await log.createTopics([{ name: input.topic, partitions: 1, cleanup, durability: "synced" }]);
}
await log.subscribe({
  group: input.group,
  topics: [{ name: input.topic, start: "committed" }],
  assign: () => ({
    caughtUp: async () => {},
    revoked: () => {},
    process: async ({ records }) => {
      const first = records[0]?.offset ?? 0;
      if (first === 0) return;
      await elapse(limits.offsetCommitMs * 4);
      process.stdout.write(`stuck at ${first}\n`);
      await new Promise(() => {});
    },
  }),
});
