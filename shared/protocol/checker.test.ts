import { Type } from "typebox";
import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { checker } from "./checker.ts";
import { MessagePost, RoomPut } from "./requests.ts";

function refusal(check: () => unknown): AppError {
  try {
    check();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

test("what fits is returned as it is", () => {
  const value = { body: "Driver is 2 min away" };
  expect(checker(MessagePost)(value)).toBe(value);
});

test("every bad field is named, with its path", () => {
  const error = refusal(() =>
    checker(RoomPut)({ type: "pair", members: [{ userId: "a b" }, { role: "king" }] }),
  );
  expect(error.code).toBe("invalid_request");
  expect(error.details?.map(({ path }) => path).sort()).toEqual(
    expect.arrayContaining(["/type", "/members/0/userId", "/members/1/role"].sort()),
  );
  for (const { message } of error.details ?? []) expect(message).not.toBe("");
});

test("an unknown field is named, so that a typo never passes silently", () => {
  const error = refusal(() => checker(MessagePost)({ bodi: "x" }));
  expect(error.details).toEqual([{ path: "/bodi", message: "unknown field" }]);
});

test("an unknown field inside another is named by its path", () => {
  const error = refusal(() => checker(MessagePost)({ attachments: [{ type: "image", colour: "red" }] }));
  expect(error.details).toEqual([{ path: "/attachments/0/colour", message: "unknown field" }]);
});

test("a missing field is spoken of where it is missing", () => {
  const error = refusal(() => checker(RoomPut)({ members: [{ userId: "a" }] }));
  expect(error.details).toEqual([{ path: "/", message: expect.stringContaining("type") }]);
});

test.each([null, [], "text", 7, undefined])("%j is no object", (value) => {
  expect(refusal(() => checker(MessagePost)(value)).details).toEqual([
    { path: "/", message: expect.any(String) },
  ]);
});

test("one field has one line, and an answer has few lines", () => {
  const wide = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`field${i}`, 1]));
  const details = refusal(() => checker(MessagePost)(wide)).details ?? [];
  expect(details.length).toBeLessThanOrEqual(10);
  expect(new Set(details.map(({ path }) => path)).size).toBe(details.length);
});

test("lengths are counted in code points, as the documents say", () => {
  const check = checker(Type.String({ maxLength: 3 }));
  expect(check("😀😀😀")).toBe("😀😀😀");
  expect(refusal(() => check("😀😀😀😀")).code).toBe("invalid_request");
  // One picture, five code points.
  expect(refusal(() => check("👨‍👩‍👧")).code).toBe("invalid_request");
});

test("a field named as in Object.prototype is unknown like any other", () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    const value = JSON.parse(`{"${name}":1}`) as unknown;
    expect(refusal(() => checker(MessagePost)(value)).details).toEqual([
      { path: `/${name}`, message: "unknown field" },
    ]);
  }
});
