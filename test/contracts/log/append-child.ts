import { type ChildLog, openChildLog } from "./child-log.ts";

/** Appends as fast as it can, many at a time, and says which values were acknowledged. */
const input = JSON.parse(process.argv[2] ?? "") as { where: ChildLog; topic: string; from: number };
const log = await openChildLog(input.where);
const cleanup = { policy: "delete", retentionMs: 3_600_000 } as const;
await log.createTopics([{ name: input.topic, partitions: 1, cleanup, durability: "synced" }]);
let next = input.from;
async function appendForEver(): Promise<never> {
  for (;;) {
    const value = next;
    next += 1;
    await log.append([{ topic: input.topic, partition: 0, key: "k", value: String(value) }]);
    process.stdout.write(`acked ${value}\n`);
  }
}
await Promise.all(Array.from({ length: 5 }, appendForEver));
