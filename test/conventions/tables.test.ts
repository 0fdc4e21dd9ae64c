import { expect, test } from "vitest";
import { errorCodes } from "#shared/errors/catalogue.ts";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { limits } from "#shared/limits.ts";
import { operationList } from "#shared/protocol/operations.ts";
import { productSources, type Source } from "./sources.ts";

/** Sources that do something, rather than say what there is. */
const tables =
  /^shared\/(docs\/|limits\.ts|errors\/(catalogue|close-codes)\.ts|protocol\/operations(\.ts|\/))/;
const users = productSources.filter(({ path }) => !tables.test(path) && !path.startsWith("sdk/"));
const usedIn = (sources: readonly Source[], pattern: RegExp): boolean =>
  sources.some(({ code }) => pattern.test(code));

test("every limit is kept to somewhere", () => {
  // The protocol's tables keep to limits by their schemas.
  const all = productSources.filter(({ path }) => !/^shared\/(docs\/|limits\.ts)/.test(path));
  const unused = Object.keys(limits).filter((name) => !usedIn(all, new RegExp(`\\blimits\\.${name}\\b`)));
  expect(unused).toEqual([]);
});

test("every limit says its unit by its last words, before Max, Min or Default", () => {
  const units =
    /(Ms|Seconds|Bytes|Kibibytes|Chars|CodePoints|Items|Rows|Records|Pages|Rooms|Members|Sockets|Frames|Events|Requests)(Max|Min|Default)?$/;
  // Counts of the thing that they are named after.
  const counts =
    /(Max|InFlight|Depth|Entries|Lanes)$|^(attachments|mentions|epoch|sockets|commandBatch|intentLanes)/;
  expect(Object.keys(limits).filter((name) => !units.test(name) && !counts.test(name))).toEqual([]);
});

test("every error code of the catalogue is one that some code answers with", () => {
  const unused = errorCodes.filter((code) => !usedIn(users, new RegExp(`["']${code}["']`)));
  expect(unused).toEqual([]);
});

test("every close code is one that some code closes with", () => {
  const unused = Object.keys(closeCodes).filter(
    (name) => !usedIn(users, new RegExp(`["']${name}["']|closeCodes\\.${name}\\b`)),
  );
  expect(unused).toEqual([]);
});

test("close codes are unique, and within the ranges that say whether to reconnect", () => {
  const codes = Object.values(closeCodes).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) {
    expect(code).toBeGreaterThanOrEqual(4_000);
    expect(code).toBeLessThanOrEqual(4_999);
  }
});

test("a client that reconnects at once with the same token never meets the same refusal for ever", () => {
  const reconnect = (name: keyof typeof closeCodes) => closeCodes[name].code < 4_500;
  expect(reconnect("unauthenticated")).toBe(false);
  expect(reconnect("token_revoked")).toBe(false);
  expect(reconnect("draining")).toBe(true);
  expect(reconnect("slow_reader")).toBe(true);
});

test("every operation is handled by some service", () => {
  const services = productSources.filter(({ path }) => path.startsWith("services/"));
  const unhandled = operationList.filter(
    ({ id }) => !usedIn(services, new RegExp(`\\boperations\\.${id}\\b|["']${id}["']`)),
  );
  expect(unhandled.map(({ id }) => id)).toEqual([]);
});

test("operations have their own ids, and no two the same method and path", () => {
  const ids = operationList.map(({ id }) => id);
  const places = operationList.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(places).size).toBe(places.length);
});
