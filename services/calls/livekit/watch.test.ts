import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { RoomHead } from "#shared/store/store.ts";
import { Random } from "#test/sim/random.ts";
import { SimulatedTime } from "#test/sim/time.ts";
import { createCallsMetrics } from "../metrics.ts";
import type { LiveKitRegions } from "./regions.ts";
import { CallWatch } from "./watch.ts";

const time = new SimulatedTime(new Random(1));
const sizes = new Map<string, number>();
let looked: string[] = [];
/** LiveKit servers that are away. */
const away = new Set<string | null>();

const regions = [null, "eu"].map((region) => ({
  region,
  server: {
    sizes: async () => {
      if (away.has(region)) throw new Error("away");
      return sizes;
    },
  },
}));
/** What the store knows from before. */
let heads: Pick<RoomHead, "call" | "stillRecorded">[] = [];
const makeWatch = () =>
  new CallWatch(
    {
      store: {
        listDue: async () =>
          heads.map((_, i) => ({ dueAt: "2026-01-01T01:00:00.000Z", tenantId: "acme", roomId: `r${i}` })),
        readHeads: async () => heads as RoomHead[],
        readCall: async () => null,
      },
      regions: { all: regions } as unknown as LiveKitRegions,
      upkeep: {
        look: async (_tenantId: string, callId: string) => {
          looked.push(callId);
          if (callId.startsWith("eu") && away.has("eu")) throw new Error("away");
          return !callId.endsWith("over");
        },
      } as never,
      topics: { partitionOf: () => 0 } as never,
      clock: time,
      metrics: createCallsMetrics(new Registry(), () => 0),
      logger: { warn: () => {} },
    },
    0,
  );
let watch = makeWatch();

function tell(type: string, callId: string, call: Pick<Call, "region" | "state">): Promise<void> {
  const event = { type, tenantId: "acme", callId, call };
  return watch.process({ records: [{ value: JSON.stringify({ event }) }] } as never);
}

async function check(): Promise<string[]> {
  looked = [];
  await time.pass(limits.callCheckMs);
  return looked.toSorted();
}

test("each call that runs is looked at again and again, one that rings once somebody is in its room, an ended one until its room is closed", async () => {
  await watch.caughtUp();
  await tell("call.ringing", "rings", { region: null, state: "ringing" });
  await tell("call.accepted", "active", { region: null, state: "active" });
  expect(await check()).toEqual(["active"]);
  sizes.set("acme/rings", 1);
  expect(await check()).toEqual(["active", "rings"]);
  sizes.clear();
  await tell("call.accepted", "rings", { region: null, state: "active" });
  expect(await check()).toEqual(["active", "rings"]);
  looked = [];
  await tell("call.left", "active", { region: null, state: "active" });
  expect(looked).toEqual(["active"]);
  await tell("call.ended", "rings", { region: null, state: "ended" });
  expect(await check()).toEqual(["active", "rings"]);
  await tell("call.ended", "is over", { region: null, state: "ended" });
  expect(await check()).toEqual(["active", "rings"]);
  looked = [];
  await tell("call.quality", "is over", { region: null, state: "ended" });
  expect(looked).toEqual([]);
});

test("calls on a LiveKit server that is away do not keep those on another from being looked at", async () => {
  for (let i = 0; i < 2 * limits.callChecksAtOnceMax; i++) {
    await tell("call.accepted", `eu ${i}`, { region: "eu", state: "active" });
  }
  away.add("eu");
  const during = await check();
  expect(during).toContain("active");
  // It has been seen to be away, and the rest waits for the next check.
  expect(during.filter((callId) => callId.startsWith("eu"))).toHaveLength(limits.callChecksAtOnceMax);
  away.clear();
  expect(await check()).toHaveLength(2 + 2 * limits.callChecksAtOnceMax);
  watch.revoked();
  expect(await check()).toEqual([]);
});

test("a new owner looks after the calls that run and those that are recorded still, but for what no server of the deployment has", async () => {
  const until = "2026-01-01T01:00:00.000Z";
  const running = (callId: string, region: string | null) =>
    ({ call: { callId, region, state: "active" } }) as RoomHead["call"];
  heads = [
    { call: running("runs", null), stillRecorded: [{ callId: "is recorded", region: "eu", until }] },
    { call: running("lost", "mars"), stillRecorded: [{ callId: "lost too", region: "mars", until }] },
  ];
  watch = makeWatch();
  await watch.caughtUp();
  await tell("call.accepted", "lost", { region: "mars", state: "active" });
  looked = [];
  await tell("call.ended", "lost too", { region: "mars", state: "ended" });
  expect(looked).toEqual([]);
  expect(await check()).toEqual(["is recorded", "runs"]);
  expect(await check()).toEqual(["is recorded", "runs"]);
  // Told of after the end, a call runs no more.
  await tell("call.recorded", "is recorded over", { region: null, state: "ended" });
  expect(await check()).toEqual(["is recorded", "runs"]);
  watch.revoked();
});
