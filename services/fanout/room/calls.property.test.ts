import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { dueOf } from "#shared/store/due.ts";
import { commands, run } from "../testing/apply-run.ts";
import { base, server } from "../testing/random-commands.ts";
import { apply } from "./apply.ts";
import { nothingErasing, nothingExpiring } from "./parts.ts";

type CallEvent = Extract<DurableEvent, { readonly call: Call }>;
const isCallEvent = (event: DurableEvent): event is CallEvent => event.type.startsWith("call.");
const inIt = ({ participants }: Call) => participants.filter(({ state }) => state === "joined");
const rung = ({ participants }: Call) => participants.filter(({ state }) => state === "ringing");

describe("calls, whatever is asked", () => {
  test("begin once and end once each, never two at a time, and nothing is told of one that has ended", () => {
    fc.assert(
      fc.property(commands, (given) => {
        let running: string | null = null;
        const over = new Set<string>();
        const end = run(given, ({ applied }) => {
          for (const { event } of applied.events) {
            if (!isCallEvent(event)) continue;
            if (event.type === "call.recorded" || event.type === "call.quality") continue;
            expect(over.has(event.callId), event.type).toBe(false);
            if (event.type === "call.ringing") expect(running).toBeNull();
            else expect(running).toBe(event.callId);
            running = event.type === "call.ended" ? null : event.callId;
            if (event.type === "call.ended") over.add(event.callId);
          }
          expect(applied.state?.head.call?.call.callId ?? null).toBe(running);
        });
        expect(end?.head.callNumber ?? 0).toBe(over.size + (running === null ? 0 : 1));
      }),
    );
  });

  test("ring while nobody has answered, run while somebody is in them, and only in an open room of members", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ applied }) => {
          const { state } = applied;
          const row = state?.head.call ?? null;
          if (state === null || row === null) return;
          const { call } = row;
          expect([state.head.state, state.head.deleted]).toEqual(["open", false]);
          expect(inIt(call).length).toBeGreaterThan(0);
          expect(call.ringEndsAt === null).toBe(rung(call).length === 0);
          if (call.state === "ringing") {
            expect(inIt(call).map(({ userId }) => userId)).toEqual([call.startedBy]);
            expect([rung(call).length > 0, call.answeredAt]).toEqual([true, null]);
          }
          expect(row.aloneUntil !== null).toBe(call.state === "active" && inIt(call).length === 1);
          for (const { userId } of inIt(call)) {
            expect(state.members.get(userId)?.role ?? "observer", userId).not.toBe("observer");
          }
          const ids = call.participants.map(({ userId }) => userId);
          expect(new Set(ids).size).toBe(ids.length);
          // It cannot be forgotten.
          const due = dueOf(state.head);
          expect(due).not.toBeNull();
        });
      }),
    );
  });

  test("end with the reason that is true, and with everybody's part in it", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ command, applied }) => {
          expect(applied.calls.length).toBeLessThanOrEqual(1);
          if (command.type === "call.recorded" || command.type === "call.quality") return;
          const [ended] = applied.calls;
          if (ended === undefined) return;
          const { call } = ended;
          expect(call.state).toBe("ended");
          expect([...inIt(call), ...rung(call)]).toEqual([]);
          const wasAnswered = call.answeredAt !== null;
          if (call.reason !== "failed") expect(call.reason === "completed").toBe(wasAnswered);
          expect(call.durationSeconds === null).toBe(!wasAnswered);
          if (call.reason === "declined") {
            expect(call.participants.some(({ state }) => state === "declined")).toBe(true);
          }
          if (call.reason === "busy") {
            expect(call.participants.every(({ state }) => state !== "declined")).toBe(true);
          }
          const said = applied.message?.message;
          expect(said !== undefined).toBe(ended.leavesMessage);
          if (said !== undefined) expect([said.kind, said.senderId]).toEqual(["system", null]);
        });
      }),
    );
  });

  test("are recorded one recording at a time, by who may end them, and each is over once", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const over = new Set<string>();
        const recorded = new Map<string, boolean>();
        run([...recordedCall, ...given.slice(1)], ({ before, command, applied }) => {
          for (const { call } of applied.calls) {
            recorded.set(
              call.callId,
              call.recordings.some(({ state }) => state === "active"),
            );
          }
          // Of none the room forgets that it is to end.
          const { head } = applied.state ?? {};
          const waitedFor = (head?.stillRecorded ?? []).map(({ callId }) => callId);
          expect([...recorded].flatMap(([callId, goesOn]) => (goesOn ? [callId] : []))).toEqual(waitedFor);
          expect(waitedFor.length).toBeLessThanOrEqual(limits.callsRecordedMax);
          if (waitedFor.length > 0 && head?.deleted === false) expect(dueOf(head)).not.toBeNull();
          for (const { event } of applied.events) {
            if (event.type !== "call.recording" && event.type !== "call.recorded") continue;
            const { call, recording } = event;
            const key = `${call.callId}/${recording.recordingId}`;
            expect(over.has(key)).toBe(false);
            expect(call.recordings.filter(({ state }) => state === "active").length).toBeLessThanOrEqual(1);
            expect(
              call.recordings.filter(({ recordingId }) => recordingId === recording.recordingId),
            ).toEqual([recording]);
            if (event.type === "call.recorded") over.add(key);
            else expect([call.state, recording.endedAt]).toEqual(["active", null]);
            if (command.actor.kind === "server") continue;
            expect(event.type).toBe("call.recording");
            const role = before?.members.get(command.actor.userId ?? "")?.role;
            expect(before?.head.type === "direct" ? ["owner", "member"] : ["owner"]).toContain(role);
          }
        });
      }),
    );
  });

  test("say of everybody how long it was in them, and what was seen and told of those who were", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run([...recordedCall, ...given.slice(1)], ({ before, command, applied }) => {
          const { state, calls } = applied;
          for (const { call } of [...calls, ...(state?.head.call ? [state.head.call] : [])]) {
            const longest = call.durationSeconds ?? limits.callLengthMsMax / 1_000;
            for (const one of call.participants) {
              expect(one.seconds).toBeLessThanOrEqual(longest);
              if (one.joinedAt === null) {
                expect([one.seconds, one.connection, one.quality]).toEqual([0, null, null]);
              }
            }
          }
          if (command.type === "call.connected") {
            expect(applied.events).toEqual([]);
            expect(state?.head.seq).toBe(before?.head.seq);
          }
          const told = applied.events.filter(({ event }) => event.type === "call.quality");
          if (command.type !== "call.quality") return expect(told).toEqual([]);
          if (told.length === 0) return;
          expect(before?.members.get(command.actor.userId ?? "")).not.toBeNull();
        });
      }),
    );
  });

  test("are joined by clients who may, and rung are neither those who block the caller nor whom it blocks", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, command, applied }) => {
          for (const { event } of applied.events) {
            if (event.type === "call.joined" || event.type === "call.accepted") {
              expect(command.actor.userId).toBe(event.userId);
              if (command.actor.kind === "client") {
                expect(["owner", "member"]).toContain(before?.members.get(event.userId)?.role);
              }
            }
            if (event.type !== "call.ringing") continue;
            const blocks = (one: string, other: string) =>
              before?.members.get(one)?.settings?.blocked.includes(other) ?? false;
            for (const userId of event.userIds) {
              expect(userId).not.toBe(event.userId);
              expect(blocks(userId, event.userId) || blocks(event.userId, userId)).toBe(false);
            }
          }
        });
      }),
    );
  });

  test("go on by themselves when a time has come, not before, and as often as it is said once", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, command, applied, position }) => {
          const row = before?.head.call ?? null;
          if (command.type !== "room.due" || before === null || row === null) return;
          const due = dueOf(before.head);
          if (due === null || due > command.at) expect(applied.events).toEqual([]);
          else expect(applied.events.length).toBeGreaterThan(0);
          const again = apply(applied.state, command, contextAt(position + 1));
          expect(again.events).toEqual([]);
        });
      }),
    );
  });
});

/** A room with a call that is recorded. */
const recordedCall: readonly RoomCommand[] = (() => {
  const at = "2026-01-01T00:00:00.000Z";
  const of = (userId: string) => ({ ...base, at, actor: { kind: "server", userId } as const, callId: "c1" });
  const members = ["ann", "bob", "cem", "dee"].map((userId) => ({ userId, role: "member" as const }));
  const asked = { region: null, busy: [], ringSeconds: 30, leavesMessage: false };
  return [
    { ...base, type: "room.put", at, actor: server, roomType: "group", members },
    { ...of("ann"), type: "call.start", kind: "audio", ...asked },
    { ...of("bob"), type: "call.accept" },
    { ...of("ann"), type: "call.record", recordingId: "e1" },
  ];
})();

const contextAt = (position: number) => ({
  position,
  known: false,
  countableAt: () => 0,
  sendersAfter: () => [],
  messageOf: () => null,
  callOf: () => null,
  toldOf: () => [],
  erasing: nothingErasing,
  expiring: nothingExpiring,
});
