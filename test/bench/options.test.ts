import { expect, test } from "vitest";
import { parseOptions } from "./options.ts";

test("without flags both deployments are measured", () => {
  expect(parseOptions([])).toMatchObject({
    modes: ["standalone", "cluster"],
    rate: 200,
    rooms: 100,
    ramp: true,
  });
});

test("flags choose", () => {
  expect(parseOptions(["--cluster", "--rate", "50", "--no-ramp", "--connections", "0"])).toMatchObject({
    modes: ["cluster"],
    rate: 50,
    ramp: false,
    connections: 0,
  });
});

test.each([["--rate", "fast"], ["--rooms", "0"], ["--unknown"]])("%s %s is refused", (...flags) => {
  expect(() => parseOptions(flags)).toThrow();
});

test("help asks for no run", () => {
  expect(parseOptions(["--help"])).toBeNull();
});
