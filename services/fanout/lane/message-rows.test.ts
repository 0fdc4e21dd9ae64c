import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { MessageRow } from "#shared/store/store.ts";
import { MessageRows } from "./message-rows.ts";

function row(id: string, body: string): MessageRow {
  const message = { id, body, attachments: [], mentions: [], custom: null, reactions: {} };
  return { message, countable: 1, revised: 1, moreReactions: null } as unknown as MessageRow;
}

test("a room that was loaded again has no message of before, and none of another room", () => {
  const rows = new MessageRows();
  const [before, other] = [rows.ofRoom(), rows.ofRoom()];
  before.set(row("m-1", "here"));
  expect(before.get("m-1")?.message.body).toBe("here");
  expect([other.get("m-1"), rows.ofRoom().get("m-1")]).toEqual([undefined, undefined]);
});

test("what was asked for longest ago goes when all of it is too large", () => {
  const room = new MessageRows().ofRoom();
  const body = "x".repeat(limits.fanoutMessagesBytesMax / 8);
  for (const id of ["m-1", "m-2", "m-3"]) room.set(row(id, body));
  room.get("m-1");
  room.set(row("m-4", body));
  const kept = ["m-1", "m-2", "m-3", "m-4"].filter((id) => room.get(id) !== undefined);
  expect(kept).toEqual(["m-1", "m-3", "m-4"]);
});
