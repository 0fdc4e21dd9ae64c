import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { CallStory } from "../testing/call-story.ts";

const of = (story: CallStory, userId: string) =>
  story.call?.participants.find((one) => one.userId === userId);

test("a call says how long each was in it from when it was answered, over all its stays, and to its end", () => {
  const story = new CallStory("group", "ann", "bob", "cem");
  story.start("ann", "c");
  story.wait(10_000).accept("bob", "c");
  story.wait(60_000).leave("bob", "c");
  expect([of(story, "ann")?.seconds, of(story, "bob")?.seconds]).toEqual([0, 60]);
  story.wait(5_000).accept("bob", "c");
  story.wait(30_000).end("ann", "c");
  expect(story.call).toMatchObject({ state: "ended", durationSeconds: 95 });
  expect(["ann", "bob", "cem"].map((user) => of(story, user)?.seconds)).toEqual([95, 90, 0]);

  story.start("ann", "unanswered");
  story.wait(10_000).act("call.cancel", "ann", "unanswered");
  expect(of(story, "ann")?.seconds).toBe(0);
});

test("what a caller adds to a call says no more of itself than a message does", () => {
  const note = { note: "call me on 0151 2345 6789", order: "0151 2345 6789" };
  const story = new CallStory("direct", "ann", "bob");
  expect(story.startWith("ann", "refused", note, "refuse")).toMatchObject({
    code: "contact_details_refused",
  });
  expect(story.call).toBeUndefined();
  story.startWith("ann", "masked", note, "mask");
  expect(story.call?.custom).toEqual({ note: "call me on •••", order: note.order });
});

test("a call that an older release has begun goes on, without what that did not know", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "c");
  story.accept("bob", "c");
  for (const one of story.call?.participants ?? []) {
    for (const name of ["seconds", "connection", "quality"]) Reflect.deleteProperty(one, name);
  }
  expect(story.wait(5_000).lose("bob", "c").kind).toBe("applied");
  expect(of(story, "bob")).toMatchObject({ state: "left", seconds: 5 });
});

test("what LiveKit was seen to have of each is counted once, in whatever order and however often it is told, and tells nobody", () => {
  const story = new CallStory("group", "ann", "bob", "cem");
  story.start("ann", "c");
  story.accept("bob", "c");
  const before = story.types;
  for (let i = 0; i < 2; i++) {
    story.connected("bob", "c", 250, ["microphone"]);
    story.connected("bob", "c", 9_000, ["camera"]);
  }
  // From before it was let in anew.
  story.connected("bob", "c", 250, ["screen_share", "microphone"]);
  expect(of(story, "bob")?.connection).toEqual({
    times: 2,
    lastAt: "2026-01-01T00:00:09.000Z",
    lost: 0,
    published: ["microphone", "camera", "screen_share"],
  });
  expect(story.connected("cem", "c", 100).kind).toBe("existing");
  expect([of(story, "ann")?.connection, of(story, "cem")?.connection]).toEqual([null, null]);
  expect(story.types).toEqual(before);

  story.lose("bob", "c");
  story.accept("bob", "c");
  story.connected("bob", "c", 20_000);
  story.leave("bob", "c");
  // It never came, so nothing was lost.
  story.lose("ann", "c");
  expect(story.call?.state).toBe("ended");
  expect(of(story, "bob")?.connection).toMatchObject({ times: 3, lost: 1 });
  expect(of(story, "ann")?.connection).toBeNull();
  expect(story.connected("bob", "c", 30_000)).toMatchObject({ kind: "refused", code: "call_ended" });
});

test("who was in a call says how good it was, while it runs and so long after it, told once and in parts", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "c");
  const seconds = { excellent: 3, good: 2, poor: 1, lost: 0 };
  expect(story.quality("bob", "c", { rating: 1 })).toMatchObject({ kind: "refused", code: "call_conflict" });
  expect(story.quality("eve", "c", { rating: 1 })).toMatchObject({ kind: "refused", code: "not_a_member" });
  expect(story.quality("ann", "d", { rating: 1 })).toMatchObject({ code: "call_not_found" });
  story.accept("bob", "c");
  story.quality("ann", "c", { seconds, reconnects: 1 });
  story.wait(6_000).leave("bob", "c");
  story.wait(1_000).close();
  expect(story.quality("bob", "c", { rating: 5 }).kind).toBe("applied");
  expect(story.quality("bob", "c", { rating: 5 }).kind).toBe("existing");
  story.quality("ann", "c", { rating: 2 });
  const reportedAt = "2026-01-01T00:00:07.000Z";
  expect(of(story, "ann")?.quality).toEqual({ seconds, reconnects: 1, rating: 2, reportedAt });
  expect(of(story, "bob")?.quality).toEqual({ seconds: null, reconnects: null, rating: 5, reportedAt });
  expect(story.events.filter(({ type }) => type === "call.quality")).toMatchObject([
    { userId: "ann", quality: { rating: null }, call: { state: "active" } },
    { userId: "bob", quality: { rating: 5 }, call: { state: "ended", reason: "completed" } },
    { userId: "ann", quality: { rating: 2 }, call: { state: "ended" } },
  ]);
  story.wait(limits.callQualityMsMax - 1_000);
  expect(story.quality("ann", "c", { rating: 3 }).kind).toBe("applied");
  expect(story.wait(1).quality("ann", "c", { rating: 4 })).toMatchObject({ code: "call_ended" });
});
