import { posix } from "node:path";
import { expect, test } from "vitest";
import config from "../../vitest.config.ts";
import { pathsOf, sources } from "./sources.ts";

const linesMax = 350;

test(`no source has more than ${linesMax} lines`, () => {
  const long = sources.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }));
  const wrong = long.filter(({ path, lines }) => lines > linesMax && !isGenerated(path));
  expect(wrong.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

test("files are named after one thing", () => {
  const catchAll = /^(utils?|helpers?|types?|common|misc|constants|lib|shared)(\.|$)/;
  const wrong = sources
    .map(({ path }) => path)
    .filter((path) =>
      path
        .split("/")
        .slice(1)
        .some((part) => catchAll.test(part)),
    );
  expect(wrong).toEqual([]);
});

test("names of files and folders are in kebab-case", () => {
  const wrong = sources.map(({ path }) => path).filter((path) => !/^[a-z0-9/.-]+$/.test(path));
  expect(wrong).toEqual([]);
});

test("every test file is one that the runner finds", () => {
  const include = config.test?.include ?? [];
  expect(include).not.toEqual([]);
  const tests = pathsOf("**/*.{test,spec}.{ts,tsx,mts,js,mjs}").concat(pathsOf("**/__tests__/**"));
  const missed = tests.filter((path) => !include.some((pattern) => posix.matchesGlob(path, pattern)));
  expect(missed).toEqual([]);
});

test("every file with tests in it is named as a test", () => {
  const wrong = sources.filter(
    ({ code, isTest }) => !isTest && /^import\b[^;]*\b(test|it)\b[^;]*from "vitest";/m.test(code),
  );
  // Contract suites are functions that a test file calls with an implementation.
  expect(wrong.map(({ path }) => path).filter((path) => !path.startsWith("test/"))).toEqual([]);
});

/** Written by a program of the project, which a test holds up to date. */
function isGenerated(path: string): boolean {
  return path === "sdk/js/src/wire.ts" || path === "sdk/node/src/events.ts";
}
