import { expect, test, vi } from "vitest";
import { Lane, type LaneSource } from "./lane.ts";
import type { PartitionHandler } from "./log.ts";
import { noObserver } from "./no-observer.ts";

class ListSource implements LaneSource {
  readonly topic: string;
  replaying = false;
  behind = 0;
  readonly waiting: string[] = [];

  constructor(topic: string) {
    this.topic = topic;
  }

  peek() {
    const records = this.waiting.slice(0, 1).map((value) => ({ offset: 0, key: "", value, timestampMs: 0 }));
    return { records, behind: this.behind };
  }

  done(): void {
    this.waiting.shift();
  }
}

function lane(sources: LaneSource[], process: (value: string) => Promise<void>, mayRun?: () => boolean) {
  const calls: string[] = [];
  const handler: PartitionHandler = {
    caughtUp: async () => void calls.push("caughtUp"),
    process: async ({ records }) => {
      const value = records[0]?.value ?? "";
      await process(value);
      calls.push(value);
    },
    revoked: () => void calls.push("revoked"),
  };
  const options = { partition: 0, handler, sources, observer: noObserver };
  return { calls, lane: new Lane(mayRun === undefined ? options : { ...options, mayRun }) };
}

test("topics have turns: one that is never empty does not starve another", async () => {
  const [busy, quiet] = [new ListSource("busy"), new ListSource("quiet")];
  busy.waiting.push(...Array.from({ length: 50 }, (_, n) => `busy ${n}`));
  quiet.waiting.push("quiet");
  const { calls, lane: running } = lane([busy, quiet], async () => {});
  await vi.waitFor(() => expect(calls.length).toBe(52));
  await running.stop();
  expect(calls.indexOf("quiet")).toBeLessThanOrEqual(2);
});

test("nothing is given while the partition may not be ours, and everything when it is again", async () => {
  const source = new ListSource("t");
  let ours = false;
  let asked = 0;
  const { calls, lane: running } = lane(
    [source],
    async () => {},
    () => {
      asked += 1;
      return ours;
    },
  );
  source.waiting.push("a", "b");
  running.wake();
  await vi.waitFor(() => expect(asked).toBeGreaterThan(3));
  expect(calls).toEqual([]);
  ours = true;
  running.wake();
  await vi.waitFor(() => expect(calls).toEqual(["caughtUp", "a", "b"]));
  await running.stop();
  expect(calls.at(-1)).toBe("revoked");
});

test("a stop ends the pause before a repeat; what was not taken stays", async () => {
  const source = new ListSource("t");
  source.waiting.push("a");
  let tried = 0;
  const { calls, lane: running } = lane([source], async () => {
    tried += 1;
    throw new Error("never");
  });
  await vi.waitFor(() => expect(tried).toBeGreaterThan(4));
  const before = performance.now();
  await running.stop();
  expect(performance.now() - before).toBeLessThan(100);
  expect(calls).toEqual(["caughtUp", "revoked"]);
  expect(source.waiting).toEqual(["a"]);
});

test("it is idle when the call in hand has ended, also badly", async () => {
  const source = new ListSource("t");
  source.waiting.push("a");
  const { promise, reject } = Promise.withResolvers<void>();
  let inHand = false;
  const { lane: running } = lane([source], () => {
    inHand = true;
    return promise;
  });
  await vi.waitFor(() => expect(inHand).toBe(true));
  let idle = false;
  const waiting = running.idle().then(() => {
    idle = true;
  });
  await new Promise(setImmediate);
  expect(idle).toBe(false);
  reject(new Error("badly"));
  await waiting;
  await running.stop();
});

test("a partition that fails again and again, lags or hangs is told of with its topic and its error until it is at its end", async () => {
  const source = new ListSource("t");
  source.waiting.push("a", "b");
  source.behind = 1;
  let failing = true;
  const { promise, resolve } = Promise.withResolvers<void>();
  const { calls, lane: running } = lane([source], async (value) => {
    if (failing) throw new Error("not now");
    if (value === "b") await promise;
  });
  await vi.waitFor(() => {
    expect(running.delays()).toMatchObject([{ topic: "t", partition: 0, error: { message: "not now" } }]);
    expect(running.delays()[0]?.seconds).toBeGreaterThan(0.1);
  });
  failing = false;
  await vi.waitFor(() => expect(calls).toContain("a"));
  const [behind] = running.delays();
  expect(behind?.error).toBeNull();
  expect(behind?.seconds).toBeGreaterThan(0.1);
  source.behind = 0;
  resolve();
  await vi.waitFor(() => expect(calls).toContain("b"));
  // The batch that hung was taken while more was known to come.
  source.waiting.push("c");
  running.wake();
  await vi.waitFor(() => expect(calls).toContain("c"));
  await vi.waitFor(() => expect(running.delays()).toEqual([]));
  await running.stop();
});

test("a replay that does not end is told of", async () => {
  const source = new ListSource("interest");
  source.replaying = true;
  const { calls, lane: running } = lane([source], async () => {});
  await vi.waitFor(() => expect(running.delays()).toMatchObject([{ topic: "interest", error: null }]));
  source.replaying = false;
  running.wake();
  await vi.waitFor(() => expect(calls).toEqual(["caughtUp"]));
  expect(running.delays()).toEqual([]);
  await running.stop();
});
