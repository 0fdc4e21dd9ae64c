import { expect, test } from "vitest";
import { generateApiKey, parseApiKey, sameHash, sameSecret } from "./api-key.ts";

test("a generated key parses to its own id and hash, and shows no hash", () => {
  const { apiKey, keyId, secretHash } = generateApiKey();
  expect(apiKey).toMatch(/^sk_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
  expect(parseApiKey(apiKey)).toEqual({ keyId, secretHash });
  expect(keyId).toMatch(/^[A-Za-z0-9]{1,32}$/);
});

test("a key with any one character changed is recognised as mistyped without a look at the store", () => {
  const { apiKey } = generateApiKey();
  for (let at = 0; at < apiKey.length; at++) {
    const wrong = apiKey[at] === "x" ? "y" : "x";
    expect(parseApiKey(apiKey.slice(0, at) + wrong + apiKey.slice(at + 1)), `at ${at}`).toBeNull();
  }
});

test.each([
  "",
  "sk_",
  "sk__",
  `sk_${"a".repeat(51)}`,
  `${generateApiKey().apiKey} `,
  `${generateApiKey().apiKey}\n`,
])("%j is no key", (text) => {
  expect(parseApiKey(text)).toBeNull();
});

test("secrets compare by value, whatever their lengths", () => {
  expect(sameSecret("a", "a")).toBe(true);
  expect(sameSecret("a", "ab")).toBe(false);
  expect(sameSecret("", "a")).toBe(false);
  expect(sameHash("ab", "ab")).toBe(true);
  expect(sameHash("ab", "abcd")).toBe(false);
});
