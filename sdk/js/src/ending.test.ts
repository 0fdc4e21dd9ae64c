import fc from "fast-check";
import { expect, test } from "vitest";
import { closeCodes } from "../../../shared/errors/close-codes.ts";
import { type Ending, mayReconnect } from "./ending.ts";
import { SendsarError } from "./errors.ts";

const ending = (code: number | null, error: SendsarError | null = null): Ending => ({
  code,
  message: "",
  error,
});
const fatal = new SendsarError("forbidden", "", { retryable: false });

test("4000–4499 come back and 4500–4999 stay away, whatever was said before", () => {
  fc.assert(
    fc.property(fc.integer({ min: 4000, max: 4999 }), fc.constantFrom(null, fatal), (code, error) => {
      fc.pre(code !== 4006);
      expect(mayReconnect(ending(code, error), true)).toBe(code < 4500);
    }),
  );
});

test("every close code of the server means to the client what the server's table says", () => {
  for (const { code } of Object.values(closeCodes)) {
    expect(mayReconnect(ending(code), true)).toBe(code < 4500);
  }
});

test("an expired token is worth another try only where another token can be had", () => {
  expect(mayReconnect(ending(4006), true)).toBe(true);
  expect(mayReconnect(ending(4006), false)).toBe(false);
  const expired = new SendsarError("token_expired", "", { retryable: false });
  expect(mayReconnect(ending(1006, expired), true)).toBe(true);
});

test("a network that fails is come back to, unless the server's last word was final", () => {
  for (const code of [1000, 1001, 1006, 1009, 1011, null]) {
    expect(mayReconnect(ending(code), false)).toBe(true);
    expect(mayReconnect(ending(code, fatal), false)).toBe(false);
  }
});
