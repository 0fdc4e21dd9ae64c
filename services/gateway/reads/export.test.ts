import { expect, test } from "vitest";
import type { Message } from "#shared/protocol/resources.ts";
import type { MessageRow, RoomHead } from "#shared/store/store.ts";
import { exportRoom } from "./export.ts";

const newest = 950;
const head = { roomId: "r", number: newest } as RoomHead;

function rowOf(number: number): MessageRow {
  const message = { id: `m${number}`, roomId: "r", number, reactions: {}, editedAt: null, deletedAt: null };
  return { message: message as unknown as Message, countable: number, revised: number, moreReactions: null };
}

test("an export reads a page when the one before was taken, and ends with the newest message of when it began", async () => {
  let reads = 0;
  const store = {
    getUser: async () => null,
    readMembers: async () => [],
    readVersions: async () => [],
    readMessages: async (_tenant: string, _room: string, page: { after?: number; limit: number }) => {
      reads += 1;
      const after = page.after ?? 0;
      // More is said meanwhile.
      return Array.from({ length: page.limit }, (_, n) => rowOf(after + page.limit - n));
    },
  };
  const numbers: number[] = [];
  let last: unknown = null;
  for await (const line of exportRoom(store, "t", head)) {
    if (line.type === "message") {
      numbers.push(line.message.number);
      expect(reads).toBe(Math.ceil(line.message.number / 100));
    }
    last = line;
  }
  expect(numbers).toEqual(Array.from({ length: newest }, (_, n) => n + 1));
  expect(last).toEqual({ type: "end", lines: newest + 1 });
});
