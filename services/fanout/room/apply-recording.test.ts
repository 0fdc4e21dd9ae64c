import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { dueOf } from "#shared/store/due.ts";
import { CallStory } from "../testing/call-story.ts";

/** A call that has ended while it was recorded. */
function recordedOn(story: CallStory, callId: string): void {
  story.start("ann", callId);
  story.accept("bob", callId);
  story.record("ann", callId, `e-${callId}`);
  story.leave("ann", callId);
}

const due = (story: CallStory) => (story.state === null ? null : dueOf(story.state.head));
const recordings = (story: CallStory) =>
  story.events.flatMap((event) => (event.type === "call.recorded" ? [[event.callId, event.recording]] : []));

test("a recording of which nobody says that it is over has failed so long after its call, once, also in a closed room", () => {
  for (const isClosed of [false, true]) {
    const story = new CallStory("direct", "ann", "bob");
    recordedOn(story, "c");
    if (isClosed) story.close();
    expect(due(story)).not.toBeNull();
    story.wait(limits.callRecordingSilenceMsMax - 1).due();
    expect(recordings(story)).toEqual([]);
    expect(story.wait(1).due().due().types.at(-1)).toBe("call.recorded");
    expect(recordings(story)).toMatchObject([["c", { recordingId: "e-c", state: "failed", location: null }]]);
    expect(story.calls.at(-1)?.call.recordings).toMatchObject([{ state: "failed" }]);
    expect(due(story)).toBeNull();
    expect(story.state?.head.state).toBe(isClosed ? "closed" : "open");
    // What comes too late changes nothing.
    story.recorded("c", "e-c", "s3://late");
    expect(recordings(story)).toHaveLength(1);
  }
});

test("a recording that is over, before or after its call, is not waited for", () => {
  const story = new CallStory("direct", "ann", "bob");
  recordedOn(story, "before");
  story.recorded("before", "e-before", "s3://1");
  expect(due(story)).toBeNull();
  story.start("ann", "after");
  story.accept("bob", "after");
  story.record("ann", "after", "e");
  story.recorded("after", "e", "s3://2");
  story.leave("ann", "after");
  expect(due(story)).toBeNull();
  expect(recordings(story)).toMatchObject([
    ["before", { state: "ended", location: "s3://1" }],
    ["after", { state: "ended", location: "s3://2" }],
  ]);
});

test("a room waits for so many recordings, each as long as its own, and is recorded no more until one is over", () => {
  const story = new CallStory("direct", "ann", "bob");
  for (let i = 0; i < limits.callsRecordedMax; i++) {
    recordedOn(story, `c${i}`);
    story.wait(1_000);
  }
  story.start("ann", "more");
  story.accept("bob", "more");
  expect(story.record("ann", "more", "e")).toMatchObject({ kind: "refused", code: "call_conflict" });
  story.wait(limits.callRecordingSilenceMsMax - limits.callsRecordedMax * 1_000).due();
  expect(recordings(story)).toMatchObject([["c0", { state: "failed" }]]);
  expect(story.record("ann", "more", "e")).toMatchObject({ kind: "applied" });
});
