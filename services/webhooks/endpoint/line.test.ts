import { expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { JobEnd } from "./job.ts";
import { Line } from "./line.ts";

const taken: JobEnd = { over: true, nextMs: 0, stays: false, call: { ok: true, latencyMs: 1, pauseMs: 0 } };
const failed: JobEnd = {
  over: false,
  nextMs: 5_000,
  stays: false,
  call: { ok: false, latencyMs: 1, pauseMs: 0 },
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A line, and by hand when each try ends. */
function lineOf(concurrency: number, ratePerSecond: number | null = null) {
  const line = new Line(systemClock);
  line.pace = { concurrency, ratePerSecond };
  const begun: string[] = [];
  const putOff: string[] = [];
  const dropped: string[] = [];
  const ends = new Map<string, (end: JobEnd) => void>();
  return {
    line,
    begun,
    putOff,
    dropped,
    end: async (deliveryId: string, end = taken) => {
      ends.get(deliveryId)?.(end);
      await settled();
    },
    add: (deliveryId: string, previousId: string | null = null, isOurs = true): boolean => {
      if (!line.admit()) return false;
      line.take({
        deliveryId,
        createdMs: Number.parseInt(deliveryId.replace(/\D/g, "") || "0", 10),
        previousId,
        isOurs: () => isOurs,
        drop: () => dropped.push(deliveryId),
        run: () => {
          begun.push(deliveryId);
          return new Promise((resolve) => ends.set(deliveryId, resolve));
        },
        putOff: (untilMs) => putOff.push(`${deliveryId} ${untilMs}`),
      });
      return true;
    },
  };
}

test("no more run at a time than the endpoint allows", async () => {
  const { add, begun, end } = lineOf(2);
  for (const id of ["a", "b", "c", "d"]) add(id);
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
});

test("a delivery waits for the one it names, and others do not wait for it", async () => {
  const { add, begun, end } = lineOf(9);
  add("a1");
  add("a2", "a1");
  add("a3", "a2");
  add("b1");
  expect(begun).toEqual(["a1", "b1"]);
  await end("a1");
  expect(begun).toEqual(["a1", "b1", "a2"]);
  await end("a2", failed);
  expect(begun).toEqual(["a1", "b1", "a2"]);
});

test("those that wait for one that is tried again later are put off until after that", async () => {
  const { line, add, begun, putOff, end } = lineOf(9);
  add("a1");
  add("a2", "a1");
  add("a3", "a2");
  await end("a1", failed);
  const later = failed.nextMs + limits.webhookAfterOtherMs;
  expect(putOff).toEqual([`a2 ${later}`, `a3 ${later}`]);
  expect(begun).toEqual(["a1"]);
  expect(line.admitted).toBe(0);
});

test("one that is tried again soon keeps its place, and those that wait for it go right after it", async () => {
  const { line, add, begun, putOff, end } = lineOf(9);
  add("a1");
  const soonMs = Date.now() + 50;
  expect(line.keeps("a1", soonMs), "nobody waits for it").toBe(false);
  add("a2", "a1");
  expect(line.keeps("a1", Date.now() + limits.webhookRetryInLineMsMax + 1_000), "too late").toBe(false);
  expect(line.keeps("a1", soonMs)).toBe(true);
  await end("a1", { ...failed, nextMs: soonMs, stays: true });
  add("b1");
  expect(begun).toEqual(["a1", "b1"]);
  await expect.poll(() => begun).toEqual(["a1", "b1", "a1"]);
  expect(Date.now()).toBeGreaterThanOrEqual(soonMs - 1);
  await end("a1");
  expect(begun.at(-1)).toBe("a2");
  expect(putOff).toEqual([]);
});

test("a line that gets full keeps nothing for later, so that other rooms have their turn", () => {
  const { line, add } = lineOf(1);
  add("a1");
  add("a2", "a1");
  for (let n = 0; n < limits.webhookLineJobsMax / 2; n++) add(`${n}`);
  expect(line.keeps("a1", Date.now())).toBe(false);
});

test("one that takes nothing is asked two at a time, until it takes something", async () => {
  const { add, begun, end } = lineOf(20);
  for (let n = 0; n < limits.webhookFailuresMax; n++) {
    add(`f${n}`);
    await end(`f${n}`, failed);
  }
  begun.length = 0;
  for (const id of ["a", "b", "c", "d"]) add(id);
  expect(begun).toEqual(["a", "b"]);
  await end("a");
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

test("one that takes nothing has few places, until it takes something", async () => {
  const { line, add, end } = lineOf(1);
  for (let n = 0; n < limits.webhookFailuresMax; n++) {
    add(`f${n}`);
    await end(`f${n}`, failed);
  }
  for (let n = 0; n < limits.webhookFailingLineJobsMax; n++) expect(add(`w${n}`)).toBe(true);
  expect(add("more")).toBe(false);
  await end("w0");
  for (let n = 0; n < limits.webhookFailingLineJobsMax; n++) expect(add(`m${n}`)).toBe(true);
  expect(line.admitted).toBeGreaterThan(limits.webhookFailingLineJobsMax);
});

test("one that goes on taking nothing is asked ever less often, and at once again when it takes something", async () => {
  const { line, add, begun, end } = lineOf(20);
  for (let n = 0; n < limits.webhookFailuresMax + 20; n++) {
    add(`f${n}`);
    await expect.poll(() => begun).toContain(`f${n}`);
    const seen = begun.length;
    await end(`f${n}`, failed);
    if (n < limits.webhookFailuresMax + 5) continue;
    // By now the pause is past 300 ms.
    add("waits");
    await settled();
    expect(begun).toHaveLength(seen);
    // What is put off meanwhile counts on it: twice two calls a second.
    const first = line.putOffMs();
    for (let m = 0; m < 9; m++) line.putOffMs();
    expect(line.putOffMs() - first).toBeGreaterThan(1_000);
    break;
  }
  await expect.poll(() => begun).toContain("waits");
  await end("waits");
  for (const id of ["a", "b", "c"]) add(id);
  expect(begun.slice(-3)).toEqual(["a", "b", "c"]);
});

test("a line is bounded, and says when there may be a place, the later the more were put off", () => {
  const { line, add } = lineOf(1, 10);
  for (let n = 0; n < limits.webhookLineJobsMax; n++) expect(add(`${n}`)).toBe(true);
  expect(add("more")).toBe(false);
  const first = line.putOffMs();
  for (let n = 0; n < 99; n++) line.putOffMs();
  // A hundred at ten a second.
  expect((line.putOffMs() - first) / 1_000).toBeCloseTo(10, 0);
  for (let n = 0; n < 20_000; n++) line.putOffMs();
  expect(line.putOffMs() - Date.now()).toBeLessThanOrEqual(limits.webhookPutOffMsMax);
});

test("after a stall, in which calls took seconds, nothing is put off for long", async () => {
  const { line, add, end } = lineOf(20);
  const stalled: JobEnd = { ...taken, call: { ok: true, latencyMs: 5_000, pauseMs: 0 } };
  for (let n = 0; n < 20; n++) {
    add(`${n}`);
    await end(`${n}`, stalled);
  }
  for (let n = 0; n < 300; n++) line.putOffMs();
  expect(line.putOffMs() - Date.now()).toBeLessThan(5_000);
});

test("what an endpoint that fails made of its backlog is forgotten when it takes something again", async () => {
  const { line, add, end } = lineOf(1);
  add("a");
  add("b");
  await end("a", failed);
  for (let i = 0; i < 2 * limits.webhookPutOffMsMax; i += 10) line.putOffMs();
  expect(line.putOffMs() - Date.now()).toBeGreaterThan(limits.webhookPutOffMsMax / 2);
  await end("b");
  expect(line.putOffMs() - Date.now()).toBeLessThan(10_000);
});

test("a break of ours cuts no pause short that the endpoint asked for", async () => {
  const { line, add, end } = lineOf(2);
  add("a");
  add("b");
  await end("a", { ...failed, call: { ok: false, latencyMs: 1, pauseMs: 60_000 } });
  await end("b", { ...failed, call: { ok: false, latencyMs: 1, pauseMs: 10 } });
  expect(line.putOffMs() - Date.now()).toBeGreaterThan(50_000);
});

test("what is no longer ours is not begun", () => {
  const { line, add, begun, dropped } = lineOf(9);
  add("a", null, false);
  expect([begun, dropped, line.admitted]).toEqual([[], ["a"], 0]);
});

test("the age of what waits is that of the oldest event which is not over", async () => {
  const { line, add, end } = lineOf(1);
  expect(line.oldestMs).toBeNull();
  for (const id of ["a7", "a5", "a9"]) add(id);
  expect(line.oldestMs).toBe(5);
  await end("a7");
  await end("a5");
  expect(line.oldestMs).toBe(9);
  await end("a9");
  expect(line.oldestMs).toBeNull();
});

test("what failed and waits in the store counts for that age, until it is taken or is another's", async () => {
  const { line, add, end } = lineOf(2);
  for (const id of ["a5", "a7"]) add(id);
  await end("a7", failed);
  await end("a5", failed);
  expect([line.admitted, line.oldestMs]).toEqual([0, 5]);
  add("a8");
  await end("a8");
  expect(line.oldestMs, "another one is taken").toBe(5);
  add("a5");
  await end("a5");
  expect(line.oldestMs).toBeNull();
});

test("an endpoint that asks for a pause gets one", async () => {
  const { add, begun, end } = lineOf(1);
  add("a");
  add("b");
  const asked = Date.now();
  await end("a", { ...failed, call: { ok: false, latencyMs: 1, pauseMs: 100 } });
  expect(begun).toEqual(["a"]);
  await expect.poll(() => begun).toEqual(["a", "b"]);
  expect(Date.now() - asked).toBeGreaterThanOrEqual(99);
});
