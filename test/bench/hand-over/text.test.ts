import { expect, test } from "vitest";
import { handOverText } from "./text.ts";

test("each kind of hand-over has a line, with the median and the bounds of its rounds", () => {
  const rounds = [900, 100, 300].map((movedMs) => ({
    event: "joins",
    movedPartitions: 2,
    movedMs,
    stayedMs: 50,
  }));
  const text = handOverText({ pauses: rounds, quietMs: 9, messages: 10, lost: 0, closes: 0 });
  expect(text).toMatch(/joins\s+2 \[2–2\]\s+300 \[100–900\]\s+50 \[50–50\]/);
});
