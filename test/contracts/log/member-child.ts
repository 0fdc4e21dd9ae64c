import { setTimeout as elapse } from "node:timers/promises";
import { type ChildLog, openChildLog } from "./child-log.ts";

/** A member of a group that is slow, and says of each batch when it begins. */
const input = JSON.parse(process.argv[2] ?? "") as {
  where: ChildLog;
  topic: string;
  group: string;
  /** For so long nothing else of its process runs while it has a batch. */
  blockMs?: number;
  batchMs?: number;
};
const log = await openChildLog(input.where);
await log.subscribe({
  group: input.group,
  topics: [{ name: input.topic, start: "committed" }],
  assign: (partition) => ({
    caughtUp: async () => {},
    revoked: () => {
      process.stdout.write(`revoked ${partition}\n`);
    },
    process: async ({ records }) => {
      process.stdout.write(`batch ${records[0]?.value}\n`);
      for (const until = performance.now() + (input.blockMs ?? 0); performance.now() < until; );
      await elapse(input.batchMs ?? 200);
      process.stdout.write(`done ${records[0]?.value}\n`);
    },
  }),
});
