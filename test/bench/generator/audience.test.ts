import { expect, test } from "vitest";
import { messageNumber } from "./audience.ts";

test.each([
  ['{"type":"message.created","clientId":"audience-1207","body":"x"}', 1_207],
  ['{"type":"message.created","clientId":"audience-0"}', 0],
  ['{"type":"message.created","clientId":"another-12"}', null],
  ['{"type":"ok","ref":5}', null],
])("%s delivers message %s", (frame, n) => {
  expect(messageNumber(Buffer.from(frame))).toBe(n);
});
