import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import { operationList } from "#shared/protocol/operations.ts";
import { AppError } from "./app-error.ts";
import { type ErrorCode, errorCatalogue, errorCodes } from "./catalogue.ts";
import { type CloseReason, closeCodes } from "./close-codes.ts";

const root = join(import.meta.dirname, "../..");
/** Places that list codes without raising them. */
const tables = [
  "shared/errors/catalogue.ts",
  "shared/errors/close-codes.ts",
  "shared/protocol/operations.ts",
];

const source = ["services", "shared"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
  )
  .filter(
    (path) =>
      path.endsWith(".ts") && !path.endsWith(".test.ts") && !tables.some((table) => path.startsWith(table)),
  )
  .map((path) => readFileSync(join(root, path), "utf8"))
  .join("\n");

test.each(errorCodes)("%s is raised somewhere", (code) => {
  expect(source.includes(`"${code}"`)).toBe(true);
});

test.each(Object.keys(closeCodes) as CloseReason[])("a socket is closed somewhere for %s", (reason) => {
  expect(source.includes(`"${reason}"`)).toBe(true);
});

test("a code that is not in the catalogue does not compile", () => {
  expectTypeOf<ConstructorParameters<typeof AppError>[0]>().toEqualTypeOf<ErrorCode>();
  // @ts-expect-error: no such code.
  expect(() => new AppError("no_such_code")).toThrow();
});

test("each entry is a status of HTTP that fits what it says of a retry, and a sentence", () => {
  for (const [code, { status, retryable, doc }] of Object.entries(errorCatalogue)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(retryable, code).toBe(status >= 500 || status === 429 || status === 408);
    expect(doc, code).toMatch(/^[A-Z].*\.$/);
  }
});

test("a close code's range says whether to reconnect, and no two are the same", () => {
  const codes = Object.values(closeCodes).map(({ code }) => code as number);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code >= 4000 && code < 5000).toBe(true);
  const forGood: CloseReason[] = ["unauthenticated", "token_revoked", "connect_expected", "invalid_frame"];
  const inRange = Object.entries(closeCodes).filter(([, { code }]) => code >= 4500);
  expect(inRange.map(([reason]) => reason).sort()).toEqual(forGood.toSorted());
});

test("what an operation says it may answer is in the catalogue", () => {
  for (const { id, errors } of operationList) {
    for (const code of errors) expect(errorCodes, id).toContain(code);
  }
});

test("an error that is not ours shows nothing of itself", () => {
  const error = AppError.from(new Error("password=hunter2"));
  expect(error.code).toBe("internal");
  expect(JSON.stringify(error.toBody("req_1"))).not.toContain("hunter2");
  const ours = new AppError("room_not_found");
  expect(AppError.from(ours)).toBe(ours);
});
