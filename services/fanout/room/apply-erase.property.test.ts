import fc from "fast-check";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { ErasureStep } from "#shared/protocol/erasures.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { unreadOf } from "#shared/store/shown.ts";
import type { EventRow, MessageRow } from "#shared/store/store.ts";
import { commands, run } from "../testing/apply-run.ts";
import { base, server } from "../testing/random-commands.ts";
import type { VersionRow } from "./applied.ts";

const pseudonym = "erased:x";
const at = "2026-01-01T03:00:00.000Z";

interface How {
  readonly userId: string;
  readonly messages: "anonymise" | "remove";
  /** How often it is erased. */
  readonly times: number;
}

/** All that is kept of a room in which these commands were applied. */
function keptOf(given: readonly RoomCommand[]) {
  const rows = new Map<number, MessageRow>();
  const versions = new Map<string, VersionRow>();
  const events: EventRow[] = [];
  const calls = new Map<number, CallRow>();
  let rest: ErasureStep | null = null;
  const state = run(given, ({ applied }) => {
    if (applied.message !== null) rows.set(applied.message.message.number, applied.message);
    for (const row of applied.changed) rows.set(row.message.number, row);
    for (const version of applied.versions) {
      versions.set(`${version.number} ${version.content.seq}`, version);
    }
    for (const key of versions.keys()) {
      if (rows.get(Number.parseInt(key, 10))?.message.erased) versions.delete(key);
    }
    events.push(...applied.events);
    for (const row of applied.retold) events[row.event.seq - 1] = row;
    for (const call of applied.calls) calls.set(call.number, call);
    const { decision } = applied;
    const resource = decision.kind === "applied" ? decision.resource : null;
    rest = resource !== null && "rest" in resource ? resource.rest : null;
  });
  const kept = { rows: [...rows.values()], versions: [...versions.values()], calls: [...calls.values()] };
  return { state, ...kept, events, rest };
}

/** The same with a user erased in the end, step by step as each says. */
function erased(given: readonly RoomCommand[], { userId, messages, times }: How) {
  const all = [...given];
  let kept = keptOf(all);
  for (let time = 0; time < times; time++) {
    let step: ErasureStep | null = { part: "messages", after: 0 };
    while (step !== null) {
      const how = { userId, pseudonym, messages, ...step, closedAts: [] };
      all.push({ ...base, type: "user.erase", at, actor: server, ...how });
      kept = keptOf(all);
      step = kept.rest;
    }
  }
  return kept;
}

const some = fc.tuple(
  commands,
  fc.record({
    userId: fc.constantFrom("ann", "bob"),
    messages: fc.constantFrom("anonymise" as const, "remove" as const),
  }),
);

test("nothing of an erased user is left in its rooms, and others have what they had", () => {
  fc.assert(
    fc.property(some, ([given, how]) => {
      const { userId, messages } = how;
      const before = erased(given, { ...how, times: 0 });
      const { state, rows, versions, calls, events } = erased(given, { ...how, times: 1 });
      const members = state === null ? [] : [...state.members];
      const kept = JSON.stringify([state?.head ?? null, members, rows, versions, calls, events]);
      expect(kept).not.toContain(`"${userId}"`);
      expect(events.map(({ event }) => event.seq)).toEqual(events.map((_, i) => i + 1));

      // A call that it left, and that ended by it, may have left a line.
      const lines = rows.slice(before.rows.length);
      expect(lines.map(({ message }) => message.kind)).toEqual(lines.length === 0 ? [] : ["system"]);
      for (const [i, { message, countable }] of rows.slice(0, before.rows.length).entries()) {
        const then = before.rows[i] as MessageRow;
        expect(countable).toBe(then.countable);
        const placeOf = ({ id, seq, number, threadId }: MessageRow["message"]) => [id, seq, number, threadId];
        expect(placeOf(message)).toEqual(placeOf(then.message));
        const isOwn = then.message.senderId === userId;
        expect(message.senderId).toBe(isOwn ? pseudonym : then.message.senderId);
        if (isOwn) expect(message.clientId).toBeNull();
        if (isOwn && messages === "remove") expect([message.body, message.erased]).toEqual([null, true]);
        else expect(message.body).toBe(then.message.body);
      }
      for (const member of before.state?.members ?? []) {
        if (member.userId === userId || state === null || before.state === null) continue;
        const now = state.members.get(member.userId);
        expect(now).not.toBeNull();
        if (now === null) continue;
        expect(unreadOf(state.head.countable, now)).toBe(unreadOf(before.state.head.countable, member));
        const blocks = member.settings?.blocked.includes(userId) ?? false;
        expect(now.settings?.blocked.includes(pseudonym) ?? false).toBe(blocks);
      }
    }),
    { numRuns: 60 },
  );
});

test("a user that was erased before is erased again, and nothing is told of it", () => {
  fc.assert(
    fc.property(some, ([given, how]) => {
      const once = erased(given, { ...how, times: 1 });
      const twice = erased(given, { ...how, times: 2 });
      expect(twice.events).toEqual(once.events);
      expect(twice.rows).toEqual(once.rows);
    }),
    { numRuns: 30 },
  );
});

test("a call of one who came back while it is forgotten has ended, and names it no more", () => {
  const members = [{ userId: "ann" }, { userId: "bob" }];
  const room: RoomCommand = { ...base, type: "room.put", at, actor: server, roomType: "group", members };
  const by = { kind: "client", userId: "ann" } as const;
  const call = {
    callId: "c1",
    kind: "audio",
    region: null,
    custom: { note: "of ann" },
    ringSeconds: 30,
    leavesMessage: false,
  } as const;
  const starts: RoomCommand = { ...base, type: "call.start", at, actor: by, busy: [], ...call };
  const erase = (part: ErasureStep["part"]): RoomCommand => {
    const how = { userId: "ann", pseudonym, messages: "anonymise" as const, part, after: 0, closedAts: [] };
    return { ...base, type: "user.erase", at, actor: server, ...how };
  };
  for (const part of ["messages", "calls", "events"] as const) {
    const { calls } = keptOf([room, erase("messages"), room, starts, erase(part)]);
    expect(calls.map((row) => row.call.state)).toEqual(["ended"]);
    expect(JSON.stringify(calls)).not.toMatch(/"ann"|of ann/);
  }
});

test("a step looks at so many messages, and says where the next begins; a direct room keeps its two", () => {
  const says = (n: number): RoomCommand => ({
    ...base,
    type: "message.create",
    at,
    actor: { kind: "client", userId: "ann" },
    messageId: `msg_${String(n).padStart(22, "0")}`,
    clientId: String(n),
    kind: "text",
    body: `says ${n}`,
    attachments: [],
    mentions: [],
    replyToId: null,
    custom: null,
    silent: false,
  });
  const members = [{ userId: "ann" }, { userId: "bob" }];
  const room: RoomCommand = { ...base, type: "room.put", at, actor: server, roomType: "direct", members };
  const many = Array.from({ length: 2 * limits.roomChangesMax + 1 }, (_, i) => says(i));
  const how = { userId: "ann", messages: "anonymise", times: 1 } as const;
  const { rows, events, state } = erased([room, ...many], how);
  expect(new Set(rows.map(({ message }) => message.senderId))).toEqual(new Set([pseudonym]));
  expect(events.slice(many.length + 1).map(({ event }) => event.type)).toEqual([
    "member.removed",
    "member.added",
    ...Array(3).fill("messages.anonymised"),
  ]);
  expect([...(state?.members ?? [])].map(({ userId }) => userId).sort()).toEqual(["bob", pseudonym]);
});
