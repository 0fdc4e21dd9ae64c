import { beforeEach, expect, test } from "vitest";
import { rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Call, CallRecording } from "#shared/protocol/calls.ts";
import type { Command } from "#shared/protocol/commands.ts";
import { CallRecordings } from "./recordings.ts";
import type { LiveKitRegions } from "./regions.ts";
import type { Recorded } from "./server.ts";

const beganMs = Date.UTC(2026, 0, 1);
let nowMs: number;
let found: Recorded[];
let ask: () => Recorded[];
let told: unknown[];
beforeEach(() => {
  ask = () => found;
  nowMs = beganMs;
  found = [];
  told = [];
});

const recordings = new CallRecordings({
  regions: { find: () => ({ server: { recordings: async () => ask() } }) } as unknown as LiveKitRegions,
  commands: {
    append: async (commands: readonly Command[]) => {
      for (const each of commands)
        if (each.type === "call.recorded") told.push([each.recordingId, each.location, each.failed]);
    },
  },
  clock: { nowMs: () => nowMs } as never,
});

const recording = (recordingId: string, state: CallRecording["state"]): CallRecording => ({
  recordingId,
  state,
  startedAt: rfc3339(beganMs),
  endedAt: null,
  location: null,
});
const call = {
  callId: "c",
  roomId: "r",
  region: null,
  endedAt: null as string | null,
  recordings: [recording("e1", "ended"), recording("e2", "active")],
} as unknown as Call;
const recorded = (state: Recorded["state"]): Recorded[] => [
  { recordingId: "e1", name: "acme/c", state: "ended", location: "s3://1" },
  { recordingId: "e2", name: "acme/c", state, location: state === "ended" ? "s3://2" : null },
];

test("a recording goes on until LiveKit says that it is over, and how", async () => {
  found = recorded("active");
  expect([await recordings.look("acme", call), told]).toEqual([false, []]);
  found = recorded("ended");
  expect([await recordings.look("acme", call), told]).toEqual([true, [["e2", "s3://2", false]]]);
  found = recorded("failed");
  told = [];
  expect([await recordings.look("acme", call), told]).toEqual([true, [["e2", null, true]]]);
});

test("one of which nothing is heard long after its call has ended is looked for no more", async () => {
  const ended = { ...call, endedAt: rfc3339(beganMs) };
  nowMs += limits.callRecordingSilenceMsMax;
  expect([await recordings.look("acme", ended), told]).toEqual([false, []]);
  nowMs += 1;
  expect([await recordings.look("acme", ended), told]).toEqual([true, []]);
});

test("of a call that is not recorded nothing is asked", async () => {
  const none = { ...call, recordings: [recording("e1", "ended")] };
  found = recorded("ended");
  expect([await recordings.look("acme", none), told]).toEqual([true, []]);
});

test("a server whose egress is gone fails no look; one that is away does", async () => {
  ask = () => {
    throw new AppError("recording_disabled");
  };
  expect([await recordings.look("acme", call), told]).toEqual([false, []]);
  ask = () => {
    throw new AppError("livekit_unavailable");
  };
  await expect(recordings.look("acme", call)).rejects.toThrow();
});
