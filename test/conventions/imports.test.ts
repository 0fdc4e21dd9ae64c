import { describe, expect, test } from "vitest";
import { allImports, cyclesOf, type Import, importsOf } from "./imports.ts";

const serviceOf = (path: string): string | undefined => /^services\/([^/]+)\//.exec(path)?.[1];
const shown = ({ from, to }: Import): string => `${from} imports ${to}`;
const isTest = (path: string): boolean => path.endsWith(".test.ts");

test("services never import each other; the standalone is all of them", () => {
  const wrong = allImports.filter(({ from, to }) => {
    const [own, other] = [serviceOf(from), serviceOf(to)];
    return own !== undefined && other !== undefined && own !== other && own !== "standalone";
  });
  expect(wrong.map(shown)).toEqual([]);
});

test("shared imports no service", () => {
  const wrong = allImports.filter(({ from, to }) => from.startsWith("shared/") && to.startsWith("services/"));
  expect(wrong.map(shown)).toEqual([]);
});

test("infra starts services as processes and imports none", () => {
  const wrong = allImports.filter(({ from, to }) => from.startsWith("infra/") && to.startsWith("services/"));
  expect(wrong.map(shown)).toEqual([]);
});

test("the product imports nothing of its tests", () => {
  const wrong = allImports.filter(
    ({ from, to }) => !from.startsWith("test/") && !isTest(from) && (to.startsWith("test/") || isTest(to)),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test("the SDK's sources stand alone: they are published without the rest", () => {
  const wrong = allImports.filter(
    ({ from, to }) =>
      /^sdk\/[^/]+\/src\//.test(from) && !isTest(from) && /^(services|shared|infra)\//.test(to),
  );
  expect(wrong.map(shown)).toEqual([]);
});

test("nobody imports a main.ts: it touches the process", () => {
  const wrong = allImports.filter(({ to, typeOnly }) => to.endsWith("/main.ts") && !typeOnly);
  expect(wrong.map(shown)).toEqual([]);
});

test("no files import each other in a ring", () => {
  expect(cyclesOf(allImports).map((ring) => ring.join(" → "))).toEqual([]);
});

describe("this test sees", () => {
  const code = [
    'import type { A } from "./a.ts";',
    "import {",
    "  type B,",
    "  b,",
    '} from "#shared/b.ts";',
    'import "../side.ts";',
    'export { c } from "./c.ts";',
    'const d = await import("./d.ts");',
    'import e, * as f from "fastify";',
    'const text = "from";',
  ].join("\n");

  test("every form of import", () => {
    expect(importsOf({ path: "x/y/z.ts", code }).map(({ to, typeOnly }) => [to, typeOnly])).toEqual([
      ["x/y/a.ts", true],
      ["shared/b.ts", false],
      ["x/side.ts", false],
      ["x/y/c.ts", false],
      ["fastify", false],
      ["x/y/d.ts", false],
    ]);
  });

  test("a ring, whoever is asked first, but not one of types", () => {
    const edge = (from: string, to: string, typeOnly = false) => ({ from, to, typeOnly });
    expect(cyclesOf([edge("a", "b"), edge("b", "c"), edge("c", "b")])).toEqual([["b", "c", "b"]]);
    expect(cyclesOf([edge("a", "b"), edge("b", "a", true), edge("a", "c"), edge("b", "c")])).toEqual([]);
  });
});
