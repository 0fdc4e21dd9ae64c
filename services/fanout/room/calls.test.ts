import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { CallStory } from "../testing/call-story.ts";
import { stepCall } from "./call-machine.ts";

test("two who call each other at the same moment are in one call, and it is as answered", () => {
  const story = new CallStory("direct", "ann", "bob");
  expect(story.start("ann", "of-ann").kind).toBe("created");
  expect(story.start("bob", "of-bob")).toMatchObject({
    kind: "existing",
    resource: { callId: "of-ann", state: "active" },
  });
  expect(story.types).toEqual(["call.ringing", "call.accepted"]);
  story.wait(192_000).leave("bob", "of-ann");
  expect(story.types.slice(2)).toEqual(["call.left", "call.ended", "message.created"]);
  expect(story.events.at(-1)).toMatchObject({ kind: "system", body: "Video call, 3:12" });
});

test("a call that nobody answers is missed when it has rung, once", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "c");
  expect(story.wait(29_999).due().types).toEqual(["call.ringing"]);
  expect(story.wait(1).due().due().types).toEqual([
    "call.ringing",
    "call.missed",
    "call.ended",
    "message.created",
  ]);
  expect(story.events.at(-1)).toMatchObject({ body: "Missed call" });
  expect(story.state?.head.call).toBeNull();
});

test("one who is in another call says so, and that is why it ends", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "c");
  story.decline("bob", "c", true);
  expect(story.events.find(({ type }) => type === "call.ended")).toMatchObject({ reason: "busy" });
});

test("who is in the call of another room is not rung; the others are, and where there are none the call ends busy", () => {
  const story = new CallStory("group", "ann", "bob", "cem");
  story.start("ann", "c", ["bob"]);
  expect(story.types).toEqual(["call.ringing", "call.declined"]);
  expect(story.events.at(-2)).toMatchObject({ userIds: ["cem"] });
  expect(story.state?.head.call?.call.participants).toMatchObject([
    { userId: "ann", state: "joined" },
    { userId: "bob", state: "busy" },
    { userId: "cem", state: "ringing" },
  ]);
  // Its other call is over, and it comes to this one.
  expect(story.accept("bob", "c").kind).toBe("applied");
  story.leave("bob", "c");
  story.leave("ann", "c");
  expect(story.start("ann", "d", ["bob", "cem"])).toMatchObject({
    kind: "created",
    resource: { state: "ended", reason: "busy" },
  });
  expect(story.types.slice(-5)).toEqual([
    "call.ringing",
    "call.declined",
    "call.declined",
    "call.ended",
    "message.created",
  ]);
});

test("in a group they come and go, and who is left alone waits so long and no longer", () => {
  const story = new CallStory("group", "ann", "bob", "cem");
  story.start("ann", "c");
  story.decline("bob", "c");
  story.accept("cem", "c");
  expect(story.accept("bob", "c").kind).toBe("applied");
  story.leave("ann", "c");
  story.leave("cem", "c");
  expect(
    story
      .wait(limits.callAloneMs - 1)
      .due()
      .types.at(-1),
  ).toBe("call.left");
  story.accept("ann", "c");
  story.wait(1).due();
  expect(story.types.at(-1)).toBe("call.joined");
  story.leave("ann", "c");
  expect(story.wait(limits.callAloneMs).due().types.slice(-2)).toEqual(["call.ended", "message.created"]);
});

test("a call that everybody forgot ends", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "c");
  story.accept("bob", "c");
  expect(
    story
      .wait(limits.callLengthMsMax - 1)
      .due()
      .types.at(-1),
  ).toBe("call.accepted");
  expect(story.wait(1).due().types).toContain("call.ended");
});

test("the room's call is found by the id of who called while there was one, when it has ended too", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "of-ann");
  story.start("bob", "of-bob");
  expect(story.leave("ann", "of-bob")).toMatchObject({ resource: { callId: "of-ann", state: "ended" } });
  expect(story.accept("bob", "of-bob")).toMatchObject({ code: "call_ended" });
  const again = story.start("bob", "of-bob");
  expect(again).toMatchObject({ kind: "existing", resource: { callId: "of-ann", state: "ended" } });
  expect(story.calls).toHaveLength(1);
});

test("a call is given up by who began it, while nobody has answered, and takes no step when it has ended", () => {
  const story = new CallStory("direct", "ann", "bob");
  story.start("ann", "c");
  expect(story.act("call.cancel", "bob", "c")).toMatchObject({ kind: "refused", code: "forbidden" });
  story.accept("bob", "c");
  expect(story.act("call.cancel", "ann", "c")).toMatchObject({ kind: "refused", code: "call_conflict" });
  story.leave("ann", "c");
  story.start("ann", "d");
  expect(story.act("call.cancel", "ann", "d")).toMatchObject({ resource: { reason: "cancelled" } });
  const [over] = story.calls;
  if (over === undefined) throw new Error("it has ended");
  for (const input of [
    { type: "cancel" },
    { type: "leave", userId: "ann", lost: false },
    { type: "time" },
  ] as const) {
    expect(stepCall(over, input, over.call.createdAt)).toEqual({ refusal: "call_ended" });
  }
});

test("observers are in no call, and nobody is rung by whom it blocks or who blocks it", () => {
  const story = new CallStory("group", "ann", "bob", "cem", "dee")
    .observe("eve")
    .block("ann", "bob")
    .block("cem", "ann");
  expect(story.start("eve", "c", [], "server")).toMatchObject({ kind: "refused", code: "forbidden" });
  story.start("ann", "c");
  expect(story.events.at(-1)).toMatchObject({ type: "call.ringing", userIds: ["dee"] });
  expect(story.accept("eve", "c")).toMatchObject({ kind: "refused" });
});

test("who is left alone does not wait longer for what others do", () => {
  const story = new CallStory("group", "ann", "bob", "cem");
  story.start("ann", "c");
  story.accept("bob", "c");
  story.leave("bob", "c");
  story.wait(20_000).decline("cem", "c");
  expect(
    story
      .wait(limits.callAloneMs - 20_000)
      .due()
      .types.at(-2),
  ).toBe("call.ended");
});

test("a call that rings nobody and is ended before anybody came was given up, not completed", () => {
  const story = new CallStory("group", "ann", "bob").block("ann", "bob");
  story.start("ann", "c");
  expect(story.state?.head.call?.call).toMatchObject({ state: "active", answeredAt: null });
  expect(story.end("ann", "c")).toMatchObject({ resource: { reason: "cancelled", durationSeconds: null } });
});
