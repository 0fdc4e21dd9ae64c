import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identifierPattern } from "#shared/protocol/ids.ts";
import { dueOf } from "#shared/store/due.ts";
import { commands, run } from "../testing/apply-run.ts";
import { base, server } from "../testing/random-commands.ts";
import { apply } from "./apply.ts";
import { nothingErasing, nothingExpiring } from "./parts.ts";
import type { RoomState } from "./state.ts";

describe("the room's single writer", () => {
  test("numbers events and messages densely, whatever is asked", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const seqs: number[] = [];
        const numbers: number[] = [];
        const end = run(given, ({ applied }) => {
          seqs.push(...applied.events.map(({ event }) => event.seq));
          if (applied.message !== null) numbers.push(applied.message.message.number);
        });
        expect(seqs).toEqual(seqs.map((_, i) => i + 1));
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        expect(end?.head.seq ?? 0).toBe(seqs.length);
        expect(end?.head.number ?? 0).toBe(numbers.length);
      }),
    );
  });

  test("makes one message of all sends of one clientId, and answers each repeat with it", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const made = new Set<string>();
        run(given, ({ command, applied }) => {
          if (command.type !== "message.create") return;
          if (made.has(command.messageId)) {
            expect(applied.decision).toEqual({ kind: "repeat", messageId: command.messageId });
            expect(applied.events).toEqual([]);
          }
          if (applied.message !== null) made.add(applied.message.message.id);
        });
      }),
    );
  });

  test("leaves the room as it was when it refuses", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, applied }) => {
          if (applied.decision.kind !== "refused") return;
          expect(applied.state).toBe(before);
          expect([applied.events, applied.members, applied.removed, applied.message]).toEqual([
            [],
            [],
            [],
            null,
          ]);
        });
      }),
    );
  });

  test("never lets time run backwards within a room", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const times: string[] = [];
        run(given, ({ applied }) => times.push(...applied.events.map(({ event }) => event.at)));
        expect(times).toEqual([...times].sort());
      }),
    );
  });

  test("counts as unread what others said since the marker, and neither system nor silent messages", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const said: { senderId: string | null; counts: boolean; number: number }[] = [];
        const marker = new Map<string, number>();
        run(given, ({ command, applied }) => {
          const { state, message } = applied;
          if (message !== null && command.type === "message.create") {
            const { senderId, number, kind } = message.message;
            said.push({ senderId, number, counts: kind !== "system" && !command.silent });
            if (senderId !== null) marker.set(senderId, number);
          }
          if (applied.receipt !== null) {
            const { event } = applied.receipt;
            if (event.type === "receipt.read") marker.set(event.userId, event.number);
            if (event.type === "receipt.unread") marker.set(event.userId, event.number - 1);
          }
          for (const userId of applied.removed) marker.delete(userId);
          if (state === null) return;
          for (const member of state.members) {
            if (!marker.has(member.userId)) marker.set(member.userId, state.head.number);
            const from = marker.get(member.userId) ?? 0;
            const expected = said.filter(
              (m) =>
                m.counts &&
                m.number > from &&
                m.senderId !== member.userId &&
                !(member.settings?.blocked ?? []).includes(m.senderId ?? ""),
            ).length;
            expect(state.head.countable - member.readCountable, member.userId).toBe(expected);
          }
        });
      }),
    );
  });

  test("tells others of a marker only when it moves forward, and of no setting back", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const told = new Map<string, number>();
        run(given, ({ applied }) => {
          for (const userId of applied.removed)
            for (const type of ["read", "delivered"]) told.delete(`${type} ${userId}`);
          if (applied.message !== null)
            told.set(`read ${applied.message.message.senderId}`, applied.message.message.number);
          if (applied.receipt === null || applied.receipt.to === "user") return;
          const { event } = applied.receipt;
          if (!("number" in event)) return;
          const { type, userId, number } = event;
          expect(type).not.toBe("receipt.unread");
          const key = `${type.slice("receipt.".length)} ${userId}`;
          expect(number).toBeGreaterThan(told.get(key) ?? -1);
          told.set(key, number);
          const row = applied.state?.members.get(userId);
          expect(row?.deliveredNumber).toBeGreaterThanOrEqual(row?.readNumber ?? 0);
        });
      }),
    );
  });

  test("lets only members who may send, send, and only in open rooms", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, command, applied }) => {
          if (command.type !== "message.create" || applied.message === null) return;
          expect(before?.head.state).not.toBe("closed");
          const { userId } = command.actor;
          if (userId === null) return;
          expect(before?.head.state).toBe("open");
          expect(["owner", "member"]).toContain(before?.members.get(userId)?.role);
        });
      }),
    );
  });

  test("says nothing of observers to anybody: no event, no count, no receipt for the room", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const inSight = new Set<string>();
        run(given, ({ before, applied }) => {
          for (const { event } of applied.events) {
            if (event.type === "room.created") for (const { userId } of event.members) inSight.add(userId);
            if (event.type === "member.added") {
              expect(inSight.has(event.userId)).toBe(false);
              inSight.add(event.userId);
            }
            if (event.type === "member.updated") expect(inSight.has(event.userId)).toBe(true);
            if (event.type === "member.removed") expect(inSight.delete(event.userId)).toBe(true);
            if ("role" in event) expect(event.role).not.toBe("observer");
          }
          const members = [...(applied.state?.members ?? [])];
          const seen = members.filter(({ role }) => role !== "observer").map(({ userId }) => userId);
          expect(seen.sort()).toEqual([...inSight].sort());
          expect(applied.state?.head.memberCount ?? 0).toBe(seen.length);
          const reads = applied.receipt?.event.userId;
          const isObserver = reads !== undefined && before?.members.get(reads)?.role === "observer";
          if (isObserver) expect(applied.receipt?.to).toBe("user");
        });
      }),
    );
  });

  test("lets nobody but a server put observers in or out, and nobody become one", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, command, applied }) => {
          if (applied.state === null || command.actor.kind === "server") return;
          for (const member of applied.state.members) {
            const was = before?.members.get(member.userId)?.role;
            if (member.role === "observer") expect(was).toBe("observer");
          }
          for (const userId of applied.removed) {
            const was = before?.members.get(userId)?.role;
            if (was === "observer") expect(command.actor.userId).toBe(userId);
          }
        });
      }),
    );
  });

  test("freezes and closes by itself when it is time, not before, once, and as often as it is told", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, command, applied, position }) => {
          const { state } = applied;
          if (command.type !== "room.due" || before === null || state === null) return;
          const { head } = before;
          const has = (time: string | null) => time !== null && time <= command.at;
          const closes = head.state !== "closed" && has(head.closeAt);
          const freezes = head.state === "open" && has(head.freezeAt);
          expect(state.head.state).toBe(closes ? "closed" : freezes ? "frozen" : head.state);
          // Beside what its call has come to.
          const ofRoom = applied.events.filter(({ event }) => event.type.startsWith("room."));
          expect(ofRoom).toHaveLength(closes || freezes ? 1 : 0);
          const due = dueOf(state.head);
          expect(due === null || due > command.at).toBe(true);
          const context = {
            position: position + 1,
            known: false,
            countableAt: () => 0,
            sendersAfter: () => [],
            messageOf: () => null,
            toldOf: () => [],
            erasing: nothingErasing,
            expiring: nothingExpiring,
            callOf: () => null,
          };
          expect(apply(state, command, context).state).toBe(state);
        });
      }),
    );
  });

  test("a room that opens meets no time again that it has left behind", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ applied }) => {
          const opened = applied.events.find(({ event }) => event.type === "room.reopened")?.event;
          const due = applied.state === null ? null : dueOf(applied.state.head);
          if (opened !== undefined && applied.events.length === 1)
            expect(due === null || due > opened.at).toBe(true);
        });
      }),
    );
  });

  test("stamps every row with the position that made it", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, applied, position }) => {
          for (const row of applied.events) expect(row.position).toBe(position);
          if (applied.state !== null && applied.state !== before)
            expect(applied.state.head.position).toBe(position);
        });
      }),
    );
  });
});

test("a PUT that names no role leaves an owner an owner", () => {
  const put = (members: { userId: string; role?: "owner" }[], position: number, state: RoomState | null) =>
    apply(
      state,
      {
        ...base,
        type: "room.put",
        at: "2026-01-01T00:00:00.000Z",
        actor: server,
        roomType: "group",
        members,
      },
      {
        position,
        known: false,
        countableAt: () => 0,
        sendersAfter: () => [],
        messageOf: () => null,
        toldOf: () => [],
        erasing: nothingErasing,
        expiring: nothingExpiring,
        callOf: () => null,
      },
    );
  const made = put([{ userId: "ann", role: "owner" }, { userId: "bob" }], 0, null);
  const again = put([{ userId: "ann" }, { userId: "cem" }], 1, made.state);
  const roles = [...(again.state?.members ?? [])].map(({ userId, role }) => `${userId} ${role}`);
  expect(roles.sort()).toEqual(["ann owner", "bob member", "cem member"]);
});

test("ids that reach the writer cannot hold what its keys are made of", () => {
  expect(new RegExp(identifierPattern).test("a/b")).toBe(false);
  expect(new RegExp(identifierPattern).test("a b")).toBe(false);
});
