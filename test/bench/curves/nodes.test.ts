import { expect, test } from "vitest";
import { interestedPerRoom } from "./nodes.ts";

const room = (...urls: [string, string]) => {
  const [first, second] = urls.map((url) => ({ userId: url, token: "", url }));
  if (first === undefined || second === undefined) throw new Error("a room has two members");
  return { roomId: urls.join(), members: [first, second] as const };
};

test("a gateway counts once for a room, however many of its members it holds", () => {
  expect(interestedPerRoom({ rooms: [room("a", "a"), room("a", "b"), room("c", "d")] })).toBeCloseTo(5 / 3);
});
