import { expect, test } from "vitest";
import { Cursor } from "./return-cursor.ts";

const event = (seq: number) => ({ type: "message.created", roomId: "r", seq });

function cursorAt(seq: number): Cursor {
  const cursor = new Cursor("r");
  cursor.connected(seq);
  return cursor;
}

test("the first connection starts at the head, with nothing missed", () => {
  expect(cursorAt(7)).toMatchObject({ seq: 7, state: "whole" });
});

test("a return is whole with the last missed event, and not before", () => {
  const cursor = cursorAt(7);
  expect(cursor.connected(9)).toBe(2);
  expect(cursor.saw(event(8))).toBeNull();
  expect(cursor.state).toBe("behind");
  expect(cursor.saw(event(9))).toBeNull();
  expect(cursor).toMatchObject({ seq: 9, state: "whole" });
});

test("a hole and a repeat are told", () => {
  const cursor = cursorAt(7);
  expect(cursor.saw(event(9))).toContain("9 follows 7");
  expect(cursor.saw(event(9))).toContain("9 follows 9");
});

test("a gap ends a return, and what follows it is next", () => {
  const cursor = cursorAt(7);
  cursor.connected(900);
  expect(cursor.saw({ type: "room.gap", roomId: "r", toSeq: 900 })).toBeNull();
  expect(cursor.state).toBe("gap");
  expect(cursor.saw(event(901))).toBeNull();
});
