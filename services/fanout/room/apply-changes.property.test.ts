import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { commands, run } from "../testing/apply-run.ts";
import { allIn, base, server, talk } from "../testing/random-commands.ts";
import { apply } from "./apply.ts";
import { nothingErasing, nothingExpiring } from "./parts.ts";

/** What an event says of a message. */
function after(message: Message, event: DurableEvent): Message {
  switch (event.type) {
    case "message.updated": {
      const { body, custom, editedAt } = event;
      return { ...message, body, custom, editedAt };
    }
    case "message.deleted": {
      const gone = { body: null, attachments: [], mentions: [], reactions: {}, custom: null };
      const erased = event.erased === undefined ? {} : { erased: event.erased };
      return { ...message, ...gone, deletedAt: event.deletedAt, ...erased };
    }
    case "reaction.added":
    case "reaction.removed": {
      const { [event.key]: _, ...others } = message.reactions;
      const { count, userIds } = event;
      expect(count).toBe(userIds.length);
      return { ...message, reactions: count === 0 ? others : { ...others, [event.key]: { count, userIds } } };
    }
    case "message.created":
      return { ...message, thread: { count: event.threadCount ?? 0, lastAt: event.at } };
    default:
      throw new Error(`${event.type} changes no message`);
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("it is not there");
  return value;
}

describe("messages that change", () => {
  test("changes messages at their place, and says in each event what they are from then on", () => {
    fc.assert(
      fc.property(commands, (given) => {
        const messages = new Map<number, Message>();
        run(given, ({ before, applied }) => {
          const { message, changed, events, state } = applied;
          if (message !== null) messages.set(message.message.number, message.message);
          for (const { message: now, revised } of changed) {
            const then = must(messages.get(now.number));
            expect([now.id, now.seq, now.senderId, now.createdAt]).toEqual([
              then.id,
              then.seq,
              then.senderId,
              then.createdAt,
            ]);
            const isReply = events[0]?.event.type === "message.created";
            if (!isReply && !now.erased) expect(then.deletedAt, "nothing comes back").toBeNull();
            expect(then.erased, "nothing is erased twice").not.toBe(isReply ? "never" : true);
            expect(events.at(-1)?.event.seq).toBe(revised);
            expect(now).toEqual(events.reduce((message, { event }) => after(message, event), then));
            messages.set(now.number, now);
            const isReaction = events[0]?.event.type.startsWith("reaction.") ?? false;
            expect(applied.versions.length).toBe(isReaction || isReply || now.erased ? 0 : 1);
          }
          const newest = messages.get(state?.head.number ?? 0) ?? null;
          expect(state?.head.lastMessage ?? null).toEqual(newest);
          if (changed.length > 0 && message === null)
            expect(state?.head.countable).toBe(before?.head.countable);
        });
      }),
    );
  });

  test("has in each thread what replies to its beginning or to one of its own, and counts it there", () => {
    fc.assert(
      fc.property(allIn, fc.array(talk, { minLength: 20, maxLength: 80 }), (first, said) => {
        const messages = new Map<string, Message>();
        run([first, ...said], ({ command, applied }) => {
          const { message: made, changed } = applied;
          if (made !== null) messages.set(made.message.id, made.message);
          for (const { message } of changed) messages.set(message.id, message);
          if (command.type !== "message.create" || command.replyToId === null) return;
          const parent = messages.get(command.replyToId);
          if (parent === undefined) expect(made).toBeNull();
          else if (made !== null) expect(made.message.threadId).toBe(parent.threadId ?? parent.id);
        });
        for (const { id, thread, threadId } of messages.values()) {
          const replies = [...messages.values()].filter((message) => message.threadId === id);
          expect(thread?.count ?? 0).toBe(replies.length);
          if (threadId !== null) expect([replies, messages.has(threadId)]).toEqual([[], true]);
        }
      }),
    );
  });

  test("lets people change what they said, owners take back what others said, and nobody anything in a closed room", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ before, command, applied }) => {
          const [row] = applied.changed;
          const { userId } = command.actor;
          if (row === undefined || userId === null || command.type === "message.create") return;
          expect(before?.head.state).toBe("open");
          const role = before?.members.get(userId)?.role;
          expect(["owner", "member"]).toContain(role);
          if (command.type !== "message.update" && command.type !== "message.delete") return;
          if (row.message.senderId === userId) {
            const ageMs = Date.parse(command.at) - Date.parse(row.message.createdAt);
            expect(ageMs).toBeLessThanOrEqual((command.withinSeconds ?? Number.POSITIVE_INFINITY) * 1_000);
          } else if (command.type === "message.delete") expect(command.ownersMay).toBe(true);
          if (row.message.senderId !== userId)
            expect([command.type, role]).toEqual(["message.delete", "owner"]);
        });
      }),
    );
  });

  test("answers a change that was made before with the message, and makes nothing of it", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ command, applied, position }) => {
          if (applied.changed.length === 0 || command.type === "message.create") return;
          const rows = new Map(applied.changed.map((row) => [row.message.id, row]));
          const again = apply(applied.state, command, {
            position: position + 1,
            known: false,
            countableAt: () => 0,
            sendersAfter: () => [],
            messageOf: (id) => rows.get(id) ?? null,
            toldOf: () => [],
            erasing: nothingErasing,
            expiring: nothingExpiring,
            callOf: () => null,
          });
          expect(again.decision).toEqual({ kind: "existing", resource: applied.changed[0]?.message });
          expect(again.state).toBe(applied.state);
        });
      }),
    );
  });

  test("keeps one reaction for each user and key, and one for each user where the tenant wants that", () => {
    fc.assert(
      fc.property(commands, (given) => {
        run(given, ({ command, applied }) => {
          if (command.type !== "reaction.add" && command.type !== "reaction.remove") return;
          const { decision } = applied;
          if (decision.kind !== "applied" && decision.kind !== "existing") return;
          const { reactions } = decision.resource as Message;
          const own = Object.keys(reactions).filter((key) =>
            reactions[key]?.userIds.includes(command.userId),
          );
          for (const { userIds } of Object.values(reactions))
            expect(new Set(userIds).size).toBe(userIds.length);
          expect(own.includes(command.key)).toBe(command.type === "reaction.add");
          if (command.type === "reaction.add" && command.onePerUser) expect(own).toEqual([command.key]);
        });
      }),
    );
  });
});

describe("for how long a user changes what it said", () => {
  const first = { ...base, at: "2026-01-01T00:00:00.000Z" };
  const ann = { kind: "client" as const, userId: "ann" };
  const messageId = "msg_0000000000000000000001";
  const content = { kind: "text" as const, body: "1", attachments: [], mentions: [], replyToId: null };
  const given: RoomCommand[] = [
    { ...first, type: "room.put", actor: server, roomType: "group", members: [{ userId: "ann" }] },
    {
      ...first,
      type: "message.create",
      actor: ann,
      messageId,
      clientId: "1",
      ...content,
      custom: null,
      silent: false,
    },
  ];
  test.each([
    ["to the millisecond", 60, ann, "00:01:00.000", "applied"],
    ["not a millisecond longer", 60, ann, "00:01:00.001", "message_too_old"],
    ["for ever where there is no end", null, ann, "23:59:59.999", "applied"],
    [
      "no longer through its server",
      60,
      { kind: "server", userId: "ann" },
      "00:01:00.001",
      "message_too_old",
    ],
    ["while a server for nobody may at any time", 60, server, "23:59:59.999", "applied"],
  ] as const)("%s", (_, withinSeconds, actor, time, ends) => {
    const change = { ...first, at: `2026-01-01T${time}Z`, actor, messageId, withinSeconds };
    for (const command of [
      { ...change, type: "message.update" as const, body: "2" },
      { ...change, type: "message.delete" as const, ownersMay: true },
    ]) {
      run([...given, command], ({ applied: { decision }, position }) => {
        if (position < given.length) return;
        expect(decision.kind === "refused" ? decision.code : decision.kind, command.type).toBe(ends);
      });
    }
  });
});
