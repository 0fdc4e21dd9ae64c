import { Registry } from "prom-client";
import { beforeEach, expect, test } from "vitest";
import { rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Call, CallParticipant } from "#shared/protocol/calls.ts";
import type { Command } from "#shared/protocol/commands.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import type { MemberRow } from "#shared/store/store.ts";
import { createCallsMetrics } from "../metrics.ts";
import type { LiveKitRegions } from "./regions.ts";
import type { Attendee } from "./server.ts";
import { CallUpkeep, noSightings, type Said, type Sightings } from "./upkeep.ts";

const beganMs = Date.UTC(2026, 0, 1);
const tokenMs = limits.callTokenSeconds * 1_000;
const identityOf = (userId: string) => callIdentityOf("acme", userId);

/** A call as the store has it, and its LiveKit room. */
let nowMs: number;
let call: Call;
let there: Map<string, Attendee>;
let isOpen: boolean;
let revokedMs: number;
/** No recording goes on. */
let isRecorded: boolean;
let asked: string[];
let sightings: Sightings;

const joined = (userId: string, atMs = nowMs): CallParticipant => ({
  userId,
  identity: identityOf(userId),
  state: "joined",
  joinedAt: rfc3339(atMs),
  leftAt: null,
  seconds: 0,
  connection: { times: 1, lastAt: rfc3339(beganMs), lost: 0, published: [] },
  quality: null,
});

beforeEach(() => {
  nowMs = beganMs;
  call = {
    callId: "c",
    roomId: "r",
    kind: "audio",
    region: null,
    custom: null,
    state: "active",
    reason: null,
    startedBy: "ann",
    recordings: [],
    participants: [joined("ann"), joined("bob")],
    createdAt: rfc3339(nowMs),
    ringEndsAt: null,
    answeredAt: rfc3339(nowMs),
    endedAt: null,
    durationSeconds: null,
  };
  there = new Map();
  isOpen = true;
  revokedMs = 0;
  isRecorded = true;
  asked = [];
  sightings = noSightings();
  enter("ann");
  enter("bob");
});

function enter(userId: string, isHidden = false): void {
  const at = { joinedAtMs: nowMs, connectedAtMs: beganMs, published: [] };
  there.set(userId, { identity: identityOf(userId), isHidden, ...at });
}

const server = {
  attendees: async () => [...there.values()],
  sizes: async ([name]: string[]) => new Map(isOpen ? [[name, there.size]] : []),
  remove: async (_name: string, identity: string) => void asked.push(`remove ${identity}`),
};

/** A command in a few words. */
function gistOf(command: Command): string {
  const { type } = command;
  const gist = `${type} ${"actor" in command ? command.actor.userId : ""}`;
  if (type === "call.leave" && command.lost === true) return `${gist}, lost`;
  return type === "call.connected" ? `${gist} ${command.connectedAt} ${command.published}` : gist;
}

const upkeep = new CallUpkeep({
  regions: {
    find: (region: string | null) => (region === null ? { server } : null),
    close: async () => void asked.push("close"),
  } as unknown as LiveKitRegions,
  store: {
    readCall: async () => ({
      roomId: "r",
      row: { number: 1, revised: 1, call, isGroup: true, leavesMessage: false, aloneUntil: null },
    }),
    readMembers: async () => [{ userId: "olga", role: "observer" } as MemberRow],
  },
  recordings: {
    look: async () => isRecorded,
    tell: async (_tenantId, _call, { recordingId }) => void asked.push(`recorded ${recordingId}`),
  },
  commands: {
    append: async (commands: readonly Command[]) => asked.push(...commands.map(gistOf)),
  } as never,
  authority: { revokedBeforeMs: async () => revokedMs },
  clock: { nowMs: () => nowMs } as never,
  metrics: createCallsMetrics(new Registry(), () => 0),
});

/** What a look asks for, so much later. */
async function lookIn(ms: number, said: Said | null = null): Promise<string[]> {
  nowMs += ms;
  asked = [];
  await upkeep.look("acme", "c", sightings, said);
  return asked;
}

test("who is there stays, and who was there and is not any more has left when it was away so long", async () => {
  expect(await lookIn(0)).toEqual([]);
  there.delete("bob");
  expect(await lookIn(1_000)).toEqual([]);
  expect(await lookIn(limits.callAbsentMs - 1)).toEqual([]);
  enter("bob");
  expect(await lookIn(1)).toEqual([]);
  there.delete("bob");
  expect(await lookIn(1_000)).toEqual([]);
  expect(await lookIn(limits.callAbsentMs)).toEqual(["call.leave bob, lost"]);
});

test("who calls need not be there while it rings, and who has answered may be on the way while the token is good", async () => {
  there.clear();
  call = { ...call, state: "ringing", participants: [joined("ann")], answeredAt: null };
  for (let s = 0; s < limits.callRingSecondsMax; s += 60) expect(await lookIn(60_000)).toEqual([]);
  call = { ...call, state: "active", answeredAt: rfc3339(nowMs) };
  call = { ...call, participants: [...call.participants, joined("bob")] };
  expect(await lookIn(0)).toEqual([]);
  expect(await lookIn(tokenMs - 1)).toEqual([]);
  expect(await lookIn(1)).toEqual([]);
  expect(await lookIn(limits.callAbsentMs)).toEqual(["call.leave ann, lost", "call.leave bob, lost"]);
});

test("nobody is waited for whose LiveKit room is gone, but for so long as a device needs to come back", async () => {
  there.clear();
  isOpen = false;
  expect(await lookIn(0)).toEqual([]);
  expect(await lookIn(limits.callAbsentMs - 1)).toEqual([]);
  expect(await lookIn(1)).toEqual(["call.leave ann, lost", "call.leave bob, lost"]);
});

test("who LiveKit says has gone has left at once, unless it is there, or another server says so", async () => {
  const left: Said = { gone: identityOf("bob"), isLost: false, recorded: null, by: [null] };
  expect(await lookIn(0, left)).toEqual([]);
  there.delete("bob");
  expect(await lookIn(0, { ...left, by: ["eu"] })).toEqual([]);
  expect(await lookIn(0, left)).toEqual(["call.leave bob"]);
  expect(await lookIn(0, { ...left, isLost: true })).toEqual(["call.leave bob, lost"]);
  there.clear();
  expect(await lookIn(0, { gone: "everybody", isLost: false, recorded: null, by: [null] })).toEqual([
    "call.leave ann",
    "call.leave bob",
  ]);
  call = { ...call, state: "ringing", answeredAt: null };
  expect(await lookIn(0, { gone: "everybody", isLost: false, recorded: null, by: [null] })).toEqual([]);
});

test("who is there and not in the call is put out, but for the room's observers, who are hidden", async () => {
  enter("olga", true);
  enter("mole", true);
  enter("cem");
  call = { ...call, participants: [...call.participants, { ...joined("cem"), state: "left" }] };
  expect(await lookIn(0)).toEqual([`remove ${identityOf("mole")}`, `remove ${identityOf("cem")}`]);
  there.delete("mole");
  there.delete("cem");
  expect(await lookIn(0)).toEqual([]);
  enter("olga");
  expect(await lookIn(0)).toEqual([`remove ${identityOf("olga")}`]);
});

test("each time that LiveKit lets somebody in, and what it sends, is told of who is in the call, until the call says so", async () => {
  const sends = (userId: string, published: Attendee["published"], connectedAtMs = beganMs) =>
    there.set(userId, { ...(there.get(userId) as Attendee), connectedAtMs, published });
  sends("ann", ["microphone"]);
  sends("bob", [], beganMs + 250);
  enter("mole");
  sends("mole", ["camera"]);
  const news = [
    "call.connected ann 2026-01-01T00:00:00.000Z microphone",
    "call.connected bob 2026-01-01T00:00:00.250Z ",
  ];
  for (let i = 0; i < 2; i++) {
    expect(await lookIn(0)).toEqual([...news, `remove ${identityOf("mole")}`]);
  }
  call = {
    ...call,
    participants: call.participants.map((one) => ({
      ...one,
      connection: {
        times: 2,
        // Where LiveKit's clock goes behind, it says of ann's device that it came before one that is known.
        lastAt: rfc3339(beganMs + (one.userId === "bob" ? 250 : 5_000)),
        lost: 0,
        published: ["microphone", "camera"],
      },
    })),
  };
  there.delete("mole");
  // It has sent more before, and does not any more.
  expect(await lookIn(0)).toEqual([]);
});

test("who came by a token that was revoked since leaves the call and its room, who came after it stays", async () => {
  revokedMs = nowMs + 2_000;
  expect(await lookIn(3_000)).toEqual([
    "call.leave ann",
    "call.leave bob",
    `remove ${identityOf("ann")}`,
    `remove ${identityOf("bob")}`,
  ]);
  call = { ...call, participants: [joined("ann"), joined("bob")] };
  enter("ann");
  enter("bob");
  expect(await lookIn(0)).toEqual([]);
});

test("a call that has ended has no LiveKit room, and of one on a server that is not there any more nothing is known", async () => {
  call = { ...call, state: "ended", reason: "completed", endedAt: rfc3339(nowMs) };
  expect(await lookIn(0)).toEqual(["close"]);
  call = { ...call, state: "active", region: "eu" };
  there.clear();
  expect(await lookIn(tokenMs * 2)).toEqual([]);
  expect(await lookIn(limits.callAbsentMs)).toEqual([]);
});

test("a recording that is over is told of for its own server alone, and a call that has ended is looked after until then", async () => {
  const recorded = { recordingId: "e", name: "acme/c", state: "ended", location: "s3://x" } as const;
  expect(await lookIn(0, { gone: null, isLost: false, recorded, by: ["eu"] })).toEqual([]);
  expect(await lookIn(0, { gone: null, isLost: false, recorded, by: [null] })).toEqual(["recorded e"]);
  call = { ...call, state: "ended", reason: "completed", endedAt: rfc3339(nowMs) };
  isRecorded = false;
  expect(await upkeep.look("acme", "c")).toBe(true);
  isRecorded = true;
  expect(await upkeep.look("acme", "c")).toBe(false);
});
