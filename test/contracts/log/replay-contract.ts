import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import { Collector } from "./collector.ts";
import type { Subject } from "./contract.ts";
import { compacted, numbered, numbers, synced } from "./records.ts";

export function replayContract({ log, otherLog, name }: Subject): void {
  const join = (
    on: EventLog,
    group: string,
    commands: string,
    interest: string,
    seen: Collector,
    member: string,
  ) =>
    on.subscribe({
      group,
      topics: [
        { name: commands, start: "committed" },
        { name: interest, start: "replayed" },
      ],
      assign: seen.member(member),
    });

  test("every owner first reads replayed topics whole, and nothing else before `caughtUp` has resolved", async () => {
    const [commands, interest, group] = [name("c"), name("i"), name("g")];
    await log().createTopics([synced(commands), compacted(interest)]);
    await log().append(numbered(commands, 3));
    const many = limits.laneBatchRecordsMax + 10;
    await log().append(numbered(interest, many));
    for (let owner = 0; owner < 2; owner += 1) {
      const seen = new Collector();
      const order: string[] = [];
      seen.during = ({ topic }) => void order.push(topic === interest ? "interest" : "commands");
      seen.whileCatchingUp = async () => {
        expect(new Set(seen.values(interest)).size).toBe(many);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push("caughtUp");
      };
      const running = await join(owner === 0 ? log() : otherLog(), group, commands, interest, seen, "a");
      await seen.until(() => seen.caughtUp.length === 1);
      await log().append(numbered(commands, 1, { from: 3 + owner }));
      await seen.until(() => seen.values(commands).includes(String(3 + owner)));
      await running.stop();
      expect(order.indexOf("commands")).toBeGreaterThan(order.indexOf("caughtUp"));
      expect(seen.values(interest)).toEqual(numbers(many));
      expect(seen.values(commands)).toEqual(owner === 0 ? numbers(4) : ["4"]);
      expect(seen.violations).toEqual([]);
    }
  });

  test("a replayed topic goes on after it was caught up with", async () => {
    const [commands, interest] = [name("c"), name("i")];
    await log().createTopics([synced(commands), compacted(interest)]);
    await log().append(numbered(interest, 2));
    const seen = new Collector();
    const running = await join(log(), name("g"), commands, interest, seen, "a");
    await seen.until(() => seen.caughtUp.length === 1);
    await log().append(numbered(interest, 1, { from: 2 }));
    await seen.until(() => seen.count(interest) === 3);
    await running.stop();
    expect(seen.values(interest)).toEqual(numbers(3));
  });

  test("a topic that the group once committed is replayed whole all the same", async () => {
    const [topic, group] = [name("t"), name("g")];
    await log().createTopics([synced(topic)]);
    await log().append(numbered(topic, 5));
    for (const start of ["committed", "replayed", "replayed"] as const) {
      const seen = new Collector();
      const running = await log().subscribe({
        group,
        topics: [{ name: topic, start }],
        assign: seen.member("a"),
      });
      await seen.until(() => seen.count(topic) === 5);
      await running.stop();
      expect(seen.values(topic)).toEqual(numbers(5));
    }
  });

  test("an empty replayed topic is caught up with at once", async () => {
    const [commands, interest] = [name("c"), name("i")];
    await log().createTopics([synced(commands, 4), compacted(interest, 4)]);
    await log().append(numbered(interest, 1, { partition: 2 }));
    await log().append([0, 1, 2, 3].flatMap((partition) => numbered(commands, 1, { partition })));
    const seen = new Collector();
    const running = await join(log(), name("g"), commands, interest, seen, "a");
    await seen.until(() => seen.count(commands) === 4);
    await running.stop();
    expect(seen.caughtUp.toSorted()).toEqual([0, 1, 2, 3]);
    expect(seen.values(interest, 2)).toEqual(["0"]);
    expect(seen.violations).toEqual([]);
  });

  test("a handler that fails during the replay is given the same again, and `caughtUp` waits", async () => {
    const [commands, interest] = [name("c"), name("i")];
    await log().createTopics([synced(commands), compacted(interest)]);
    await log().append([...numbered(commands, 1), ...numbered(interest, 5)]);
    const seen = new Collector();
    let failures = 0;
    seen.during = ({ topic }) => {
      if (topic !== interest || failures >= 3) return;
      failures += 1;
      expect(seen.caughtUp).toEqual([]);
      throw new Error("not yet");
    };
    const running = await join(log(), name("g"), commands, interest, seen, "a");
    await seen.until(() => seen.count(commands) === 1);
    await running.stop();
    expect(seen.values(interest)).toEqual(numbers(5));
    expect(seen.violations).toEqual([]);
  });

  test("of a compacted topic every key's newest record is there, and tombstones are read as such", async () => {
    const [commands, interest] = [name("c"), name("i")];
    await log().createTopics([synced(commands), compacted(interest)]);
    const put = (key: string, value: string | null) =>
      log().append([{ topic: interest, partition: 0, key, value }]);
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([put("a", `a${round}`), put("b", `b${round}`)]);
    }
    await put("b", null);
    await put("c", "c");
    const seen = new Collector();
    const running = await join(log(), name("g"), commands, interest, seen, "a");
    await seen.until(() => seen.caughtUp.length === 1);
    await running.stop();
    const state = new Map(seen.given.map(({ key, value }) => [key, value]));
    expect(state.get("a")).toBe("a19");
    // A log may have removed a tombstone together with its key.
    expect(state.get("b") ?? null).toBeNull();
    expect(state.get("c")).toBe("c");
    expect(seen.offsets(interest)).toEqual(seen.offsets(interest).toSorted((x, y) => x - y));
  });
}
