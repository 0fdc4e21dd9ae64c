import { expect, test } from "vitest";
import { isPortTaken } from "./container.ts";

test("only a taken port is worth another port", () => {
  expect(isPortTaken(new Error("Bind for 0.0.0.0:20000 failed: port is already allocated"))).toBe(true);
  expect(isPortTaken(new Error("listen tcp4 0.0.0.0:20000: bind: address already in use"))).toBe(true);
  expect(isPortTaken(new Error("Log stream ended and message was not received"))).toBe(false);
});
