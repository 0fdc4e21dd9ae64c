import { expect, test } from "vitest";
import { curveNames, parseCurveOptions } from "./options.ts";

test("without flags every curve is measured", () => {
  expect(parseCurveOptions(["--curves"])).toMatchObject({
    only: curveNames,
    modes: ["standalone", "cluster"],
    nodes: { counts: [1, 2, 4], perSecond: 200, ramp: null },
    rooms: { sizes: [2, 10, 100, 1_000, 10_000], perSecond: 5 },
    idle: { connections: 10_000 },
  });
});

test("flags choose", () => {
  const flags = ["--curves", "--only", "storm,idle", "--clients", "50", "--cluster", "--ramp"];
  expect(parseCurveOptions(flags)).toMatchObject({
    only: ["storm", "idle"],
    modes: ["cluster"],
    storm: { clients: 50 },
    nodes: { ramp: { rampMax: 5_000 } },
  });
});

test.each([["--only", "weather"], ["--clients", "some"], ["--unknown"]])("%s %s is refused", (...flags) => {
  expect(() => parseCurveOptions(["--curves", ...flags])).toThrow();
});

test("help asks for no run", () => {
  expect(parseCurveOptions(["--curves", "--help"])).toBeNull();
});
