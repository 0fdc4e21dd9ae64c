import { expect, test } from "vitest";
import { allImports } from "./imports.ts";
import { found, packageEntries, productSources, sources, withoutComments } from "./sources.ts";

/** Where the same input always gives the same output: no clock, no chance, no I/O. */
const pureCores = [
  "services/fanout/room/",
  "shared/protocol/",
  "shared/errors/",
  "shared/config/",
  "shared/docs/",
];
const pureFiles = ["shared/limits.ts", "shared/log/partitioner.ts"];
const isPure = (path: string): boolean =>
  pureFiles.includes(path) || pureCores.some((core) => path.startsWith(core));
const pureSources = productSources.filter(({ path }) => isPure(path));

test("pure cores exist where this test looks for them", () => {
  for (const core of [...pureCores, ...pureFiles]) {
    expect(
      pureSources.some(({ path }) => path.startsWith(core)),
      core,
    ).toBe(true);
  }
});

test("pure cores read no clock and throw no dice", () => {
  const pattern =
    /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|\bperformance\.|\bset(Timeout|Interval|Immediate)\(/;
  expect(pureSources.flatMap((source) => found(source, pattern))).toEqual([]);
});

test("gateway and fanout take time from the clock they are given, so that a simulation can drive them", () => {
  const pattern =
    /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|\bperformance\.|\bset(Timeout|Interval|Immediate)\(|["'](node:)?timers/;
  const driven = productSources.filter(({ path }) => /^services\/(gateway|fanout)\//.test(path));
  expect(driven.flatMap((source) => found(source, pattern))).toEqual([]);
});

test("pure cores make random ids only in ids.ts", () => {
  const pattern = /\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/;
  const wrong = pureSources.filter(({ path }) => path !== "shared/protocol/ids.ts");
  expect(wrong.flatMap((source) => found(source, pattern))).toEqual([]);
});

test("pure cores do no I/O", () => {
  const io = /^(node:)?(fs|net|http|https|dgram|dns|tls|child_process|worker_threads|sqlite|timers)(\/|$)/;
  const wrong = allImports.filter(
    ({ from, to }) => isPure(from) && !from.endsWith(".test.ts") && io.test(to),
  );
  // The status texts of HTTP are a table, and isIP a function of a text.
  const allowed = ["shared/docs/page/operation-view.ts node:http", "shared/config/kinds.ts node:net"];
  expect(wrong.map(({ from, to }) => `${from} ${to}`).filter((one) => !allowed.includes(one))).toEqual([]);
});

test("in services, shared and SDKs only main files touch the process", () => {
  const pattern = /(?<![."'`\w-])process\s*(\.|\[)|["']node:process["']/;
  // The page shows the customer's own code.
  const shown = "shared/docs/docs-page.ts";
  const watched = productSources.filter(
    ({ path }) => /^(services|shared|sdk)\//.test(path) && !/(^|[/-])main\.ts$/.test(path) && path !== shown,
  );
  expect(watched.flatMap((source) => found(source, pattern))).toEqual([]);
});

test("exports have names", () => {
  const wrong = sources.filter(({ path }) => !/\.config\.\w+$/.test(path));
  expect(wrong.flatMap((source) => found(source, /^export (default\b|\{[^}]*\bas default\b)/m))).toEqual([]);
});

test("no barrels: nothing is exported that comes from another file, but by a package's entry", () => {
  const wrong = sources.filter(({ path }) => !packageEntries.includes(path));
  expect(wrong.flatMap((source) => found(source, /^export (\*|(type )?\{[^}]*\}) from /m))).toEqual([]);
});

test("nothing is left to do, and no test is left out", () => {
  // Spelled so that this line is not a match itself.
  const words = ["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|");
  const wrong = sources.flatMap((source) => [
    ...found(source, new RegExp(`\\b(${words})\\b`), source.text),
    ...found(source, /\b(describe|test|it|suite|bench)\.(only|skip|todo)\b/),
    ...found(source, new RegExp(`@ts-${"ignore"}|@ts-${"nocheck"}`), source.text),
  ]);
  expect(wrong).toEqual([]);
});

test("this test does not take a comment for code, or a text for a comment", () => {
  const text = '/** Date.now() */\n// Date.now()\nconst a = "http://x"; // Date.now()\nb(Date.now());\n';
  expect(withoutComments(text)).toBe('                 \n\nconst a = "http://x";\nb(Date.now());\n');
});
