import { beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { Outbox } from "./outbox.ts";

let waits: number;
let sent: string[];
let cutOff: number;
let outbox: Outbox;

beforeEach(() => {
  waits = 0;
  sent = [];
  cutOff = 0;
  const socket = {
    OPEN: 1,
    readyState: 1,
    get bufferedAmount() {
      return waits;
    },
    send: (frame: string) => sent.push(frame),
  };
  outbox = new Outbox(socket as unknown as WebSocket, systemClock, () => {
    cutOff += 1;
  });
});

test("a reader that is a little behind goes without signals, and gets everything else", () => {
  waits = limits.outboxSignalBytesMax + 1;
  expect(outbox.signal("typing")).toBe(false);
  outbox.send("message");
  waits = limits.outboxSignalBytesMax;
  expect(outbox.signal("typing again")).toBe(true);
  expect([sent, cutOff]).toEqual([["message", "typing again"], 0]);
});

test("a reader that is far behind is cut off by what it must not miss, never by a signal", () => {
  waits = limits.outboxBytesMax + 1;
  outbox.signal("typing");
  expect([sent, cutOff]).toEqual([[], 0]);
  outbox.send("message");
  expect([sent, cutOff]).toEqual([[], 1]);
});
