import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { ConnectRate } from "./connect-rate.ts";
import { HandshakeSlots } from "./handshake-slots.ts";

/** Comes until it is let in, each time when it was told to. */
interface Comer {
  nextMs: number;
  attempts: number;
}

test("a crowd gets in one after the other however slow handshakes are, and hardly anybody comes in vain", () => {
  const clock = { nowMs: () => nowMs };
  let nowMs = 0;
  const rate = new ConnectRate({ perSecond: 500, random: () => 0.5 });
  const slots = new HandshakeSlots(rate, clock);
  // Twelve are done a second, as on a machine that has no time: the more at once, the longer each takes.
  const doneEveryMs = 1_000 / 12;
  const working: (() => void)[] = [];
  const crowd = Array.from({ length: 1_000 }, (): Comer => ({ nextMs: 0, attempts: 0 }));
  const waiting = new Set(crowd);
  let doneAtMs = 0;
  for (; waiting.size > 0 || working.length > 0; nowMs += 10) {
    for (const comer of waiting) {
      if (comer.nextMs > nowMs) continue;
      comer.attempts += 1;
      try {
        working.push(slots.take());
        waiting.delete(comer);
      } catch (error) {
        comer.nextMs = nowMs + (error as { retryAfterMs: number }).retryAfterMs;
      }
    }
    expect(working.length).toBeLessThanOrEqual(limits.handshakesInFlightMax);
    if (nowMs - doneAtMs >= doneEveryMs) {
      working.shift()?.();
      doneAtMs = nowMs;
    }
    expect(nowMs).toBeLessThan(180_000);
  }
  const attempts = crowd.reduce((sum, comer) => sum + comer.attempts, 0);
  expect(attempts / crowd.length).toBeLessThan(12);
});
