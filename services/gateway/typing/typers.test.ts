import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { DurableEvent, TypingEvent } from "#shared/protocol/events.ts";
import { Typers } from "./typers.ts";

const base = { tenantId: "acme", roomId: "r", at: "2026-01-01T00:00:00.000Z" };
const started = (userId = "ann", roomId = "r"): TypingEvent => ({
  ...base,
  roomId,
  type: "typing.started",
  userId,
});
const stopped = (userId = "ann"): TypingEvent => ({ ...base, type: "typing.stopped", userId });
const happens = (event: object): DurableEvent => ({ ...base, seq: 1, ...event }) as DurableEvent;

let shown: string[];
let typers: Typers;

beforeEach(() => {
  vi.useFakeTimers();
  shown = [];
  typers = new Typers({
    clock: systemClock,
    show: ({ type, userId, roomId }) => shown.push(`${type} ${userId} ${roomId}`),
  });
});
afterEach(() => {
  typers.stop();
  vi.useRealTimers();
});

test("a start without repeats ends by itself, once", () => {
  typers.receive(started());
  vi.advanceTimersByTime(limits.typingExpiryMs - 1);
  expect(shown).toEqual(["typing.started ann r"]);
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual(["typing.started ann r", "typing.stopped ann r"]);
});

test("repeats keep it going, and those that come in time are shown", () => {
  for (let i = 0; i < 4; i++) {
    typers.receive(started());
    vi.advanceTimersByTime(limits.typingRepeatMs);
  }
  expect(shown).toEqual(Array(4).fill("typing.started ann r"));
});

test("repeats that come too soon are not shown, but count", () => {
  typers.receive(started());
  vi.advanceTimersByTime(limits.typingRepeatMsMin - 1);
  typers.receive(started());
  vi.advanceTimersByTime(limits.typingExpiryMs - 1);
  expect(shown).toEqual(["typing.started ann r"]);
});

test("the end of what nobody has seen begin is not shown", () => {
  typers.receive(stopped());
  typers.passing(happens({ type: "message.created", senderId: "ann" }));
  expect(shown).toEqual([]);
});

test("a message of the user ends it, and one of another does not", () => {
  typers.receive(started("ann"));
  typers.receive(started("bob"));
  typers.passing(happens({ type: "message.created", senderId: "ann" }));
  typers.passing(happens({ type: "message.created", senderId: null }));
  expect(shown.slice(2)).toEqual(["typing.stopped ann r"]);
  vi.advanceTimersByTime(60_000);
  expect(shown.slice(2)).toEqual(["typing.stopped ann r", "typing.stopped bob r"]);
});

test.each(["room.frozen", "room.closed", "room.deleted"])("%s ends it for all", (type) => {
  typers.receive(started("ann"));
  typers.receive(started("bob"));
  typers.receive(started("ann", "other"));
  typers.passing(happens({ type }));
  expect(shown.slice(3)).toEqual(["typing.stopped ann r", "typing.stopped bob r"]);
});

test("a member that is removed types no more", () => {
  typers.receive(started());
  typers.passing(happens({ type: "member.removed", userId: "ann" }));
  expect(shown.slice(1)).toEqual(["typing.stopped ann r"]);
});

test("of a room that is forgotten nothing comes any more", () => {
  typers.receive(started());
  typers.forget("acme", "r");
  vi.advanceTimersByTime(60_000);
  expect(shown).toEqual(["typing.started ann r"]);
});

test("more than are kept are not shown, and those that end make room", () => {
  for (let i = 0; i <= limits.typersMax; i++) typers.receive(started(`u${i}`));
  expect(shown).toHaveLength(limits.typersMax);
  typers.receive(stopped("u0"));
  typers.receive(started("late"));
  expect(shown.at(-1)).toBe("typing.started late r");
});
