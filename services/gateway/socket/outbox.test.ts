import { beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { limits } from "#shared/limits.ts";
import { Outbox } from "./outbox.ts";

let waits: number;
let sent: string[];
let outbox: Outbox;

beforeEach(() => {
  waits = 0;
  sent = [];
  const socket = {
    OPEN: 1,
    readyState: 1,
    get bufferedAmount() {
      return waits;
    },
    send: (frame: string) => sent.push(frame),
  };
  outbox = new Outbox(socket as unknown as WebSocket);
});

test("a reader that is a little behind goes without signals, and gets everything else", () => {
  waits = limits.outboxSignalBytesMax + 1;
  expect(outbox.signal("typing")).toBe(false);
  expect(outbox.send("message")).toBe(true);
  waits = limits.outboxSignalBytesMax;
  expect(outbox.signal("typing again")).toBe(true);
  expect(sent).toEqual(["message", "typing again"]);
});

test("a reader that is far behind is to be cut off, and gets no more", () => {
  waits = limits.outboxBytesMax + 1;
  let taken = 0;
  expect(outbox.signal("typing")).toBe(false);
  expect(outbox.send("message", () => taken++)).toBe(false);
  expect([sent, taken]).toEqual([[], 1]);
});
