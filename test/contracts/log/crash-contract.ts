import { expect, test } from "vitest";
import { startChild } from "./child-process.ts";
import { Collector } from "./collector.ts";
import type { MakeLog } from "./contract.ts";
import { numbered, synced } from "./records.ts";

export function crashContract(makeLog: MakeLog): void {
  test("what a killed process had in hand is given to the next owner, and nothing is left out", async () => {
    const made = await makeLog();
    try {
      const { prefix } = made.child;
      const [topic, group] = [`${prefix}t`, `${prefix}g`];
      const before = await made.open();
      await before.createTopics([synced(topic)]);
      // More than one batch, so that some of it is processed and the rest is not.
      await before.append(numbered(topic, 800));
      await made.shut();

      const child = startChild(new URL("./crash-child.ts", import.meta.url), {
        where: made.child,
        topic,
        group,
      });
      const stuckAt = Number(await child.line(/^stuck at (\d+)$/));
      expect(stuckAt).toBeGreaterThan(0);
      await child.kill();

      const log = await made.open();
      await log.createTopics([synced(topic)]);
      const seen = new Collector();
      const running = await log.subscribe({
        group,
        topics: [{ name: topic, start: "committed" }],
        assign: seen.member("a"),
      });
      await seen.until(() => seen.values(topic).includes("799"));
      await running.stop();
      const [first = -1] = seen.offsets(topic);
      expect(first).toBeLessThanOrEqual(stuckAt);
      seen.expectNoHoles(topic, 0, first);
      expect(seen.violations).toEqual([]);
    } finally {
      await made.dispose();
    }
  });

  test("an append that was acknowledged is there after kill -9, every time", async () => {
    const made = await makeLog();
    try {
      const topic = `${made.child.prefix}t`;
      const acked: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        const child = startChild(new URL("./append-child.ts", import.meta.url), {
          where: made.child,
          topic,
          from: round * 1_000_000,
        });
        await child.line(/^acked (\d+)$/, 60 + round * 35);
        await child.kill();
        acked.push(...child.lines(/^acked (\d+)$/).map(Number));

        const log = await made.open();
        await log.createTopics([synced(topic)]);
        const seen = new Collector();
        const running = await log.subscribe({
          group: `${made.child.prefix}g${round}`,
          topics: [{ name: topic, start: "committed" }],
          assign: seen.member("a"),
        });
        const [end] = await log.append(numbered(topic, 1, { from: -1 }));
        await seen.until(() => seen.offsets(topic).at(-1) === end?.offset);
        await running.stop();
        expect(seen.offsets(topic)).toEqual(Array.from({ length: (end?.offset ?? 0) + 1 }, (_, n) => n));
        const there = new Set(seen.values(topic));
        expect(acked.filter((value) => !there.has(String(value)))).toEqual([]);
        await made.shut();
      }
      expect(acked.length).toBeGreaterThan(300);
    } finally {
      await made.dispose();
    }
  });
}
