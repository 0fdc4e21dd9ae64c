import { expect, test } from "vitest";
import { measureCalls } from "./calls/calls.ts";
import { Cleanup } from "./cleanup.ts";
import { measureFeatures } from "./features/features.ts";
import { parseOptions } from "./options.ts";
import { textOf } from "./report/text.ts";
import { runMode } from "./run.ts";

const flags = "--rate 40 --rooms 4 --seconds 2 --windows 1 --history 120 --closed-rooms 20 --connections 10";
const rampFlags = "--ramp-from 60 --ramp-max 60 --ramp-rooms 4 --ramp-seconds 1";

test("a short bench of the standalone measures everything, and nothing is lost, invented, repeated or reordered", async () => {
  const parsed = parseOptions([...flags.split(" "), ...rampFlags.split(" "), "--generators", "2"]);
  if (parsed === null) throw new Error("the flags ask for a run");
  const options = { ...parsed, warmUpSeconds: 0.5, settleSeconds: 1 };
  const result = await runMode("standalone", options, () => {}, new Cleanup());

  const { fixed, history, roomLists, highest, idle } = result;
  expect([...fixed.broken, ...(highest?.broken ?? [])]).toEqual([]);
  expect(fixed.messages).toBeGreaterThanOrEqual(2 * 80);
  for (const measured of Object.values(fixed.latencies)) {
    expect(measured.samples).toBeGreaterThan(0);
    expect(measured.p50.medianMs).toBeGreaterThan(0);
  }
  expect(history?.messages).toBe(120);
  expect(roomLists?.closed).toBe(20);
  expect(highest?.messages).toBeGreaterThanOrEqual(60);
  expect(idle).toMatchObject({ connections: 10, lost: 0 });
  expect(textOf(result, options)).toContain("send → deliver");
}, 120_000);

test("what a reaction, a receipt and an edit cost is counted for as many of each as of messages", async () => {
  const bounds = { rooms: 2, rounds: 1, profile: null };
  const cleanup = new Cleanup();
  try {
    const { costs, each } = await measureFeatures("standalone", bounds, cleanup, () => {});
    expect(costs.map(({ name, told }) => `${name} ${told.samples}`)).toEqual(
      ["message", "reaction", "receipt", "edit"].map((name) => `${name} ${each}`),
    );
  } finally {
    await cleanup.endAll();
  }
}, 60_000);

test("calls that ring at once all begin, and all end as missed", async () => {
  const cleanup = new Cleanup();
  try {
    const result = await measureCalls(
      "standalone",
      { calls: 3, profile: null, ringSeconds: 5 },
      cleanup,
      () => {},
    );
    expect(result).toMatchObject({ ringing: 3, wrong: 0 });
    expect(result.late.samples).toBe(3);
    for (const ms of Object.values(result.mint)) expect(ms).toBeGreaterThan(0);
  } finally {
    await cleanup.endAll();
  }
}, 60_000);
