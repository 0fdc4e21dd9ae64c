import { expect, test } from "vitest";
import type { MessageCreated } from "#shared/protocol/events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { firstReply, type ReplyReads } from "./first-reply.ts";

/** A room in which one message is said each minute: by whom, `-` for the server for nobody, `!` for a system line. */
function roomOf(senders: string, joinedAtMessage: Readonly<Record<string, number>> = {}) {
  const messages = [...senders].map((sender, index) => ({
    id: `m${index + 1}`,
    number: index + 1,
    seq: index + 2,
    senderId: sender === "-" ? null : sender === "!" ? "a" : sender,
    kind: sender === "!" ? "system" : "text",
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
  })) as Message[];
  const reads = {
    readMessages: async (_tenantId: string, _roomId: string, { before = 0, limit = 0 }) =>
      messages
        .filter(({ number }) => number < before)
        .toReversed()
        .slice(0, limit)
        .map((message) => ({ message })),
    readMember: async (_tenantId: string, _roomId: string, userId: string) => ({
      joinedSeq: (joinedAtMessage[userId] ?? 0) + 1,
    }),
    readHeads: async () => [{ type: "group", name: null, custom: null }],
  } as unknown as ReplyReads;
  /** What each message by a user is, in short. */
  return async (): Promise<string> => {
    const found: string[] = [];
    for (const { id: messageId, createdAt: at, senderId, ...message } of messages) {
      if (senderId === null || message.kind === "system") continue;
      const event = { ...message, tenantId: "t", roomId: "r", messageId, at, senderId };
      const reply = await firstReply(reads, event as unknown as MessageCreated & { senderId: string });
      if (typeof reply !== "string")
        found.push(`${senderId}${message.number}>${reply.answered.number} ${reply.responseMs / 60_000}m`);
    }
    return found.join(", ");
  };
}

test.each([
  ["who answers is told once, and who opened when it answers back", "aabba", "b3>1 2m, a5>3 2m"],
  ["somebody who talks to itself answers nobody", "aaaa", ""],
  ["the server for nobody and lines of the system are not answered", "-!b", ""],
  ["an answer after more than a page of waiting is one", `${"a".repeat(120)}b`, "b121>1 120m"],
  ["a long talk has the first answers only", `ab${"ab".repeat(80)}`, "b2>1 1m, a3>2 1m"],
])("%s", async (_, senders, expected) => {
  expect(await roomOf(senders)()).toBe(expected);
});

test("who is brought in answers what was said last before, and who comes back is new", async () => {
  expect(await roomOf("aaccac", { c: 2 })()).toBe("c3>2 1m, a5>3 2m");
  expect(await roomOf("acaac", { c: 4 })()).toBe("c2>1 1m, a3>2 1m, c5>4 1m");
});
