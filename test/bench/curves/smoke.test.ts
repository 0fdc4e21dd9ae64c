import { expect, test } from "vitest";
import { Cleanup } from "../cleanup.ts";
import { curvesText } from "./markdown.ts";
import { parseCurveOptions } from "./options.ts";
import { runCurves } from "./run.ts";

test("a short curve of the standalone ends with a table, and the quiet tenant loses nothing", async () => {
  const parsed = parseCurveOptions(["--curves", "--quick", "--only", "noisy", "--standalone"]);
  if (parsed === null) throw new Error("the flags ask for a run");
  const noisy = { ...parsed.noisy, rooms: 2, seconds: 1, floorSeconds: 0.5 };
  const options = { ...parsed, warmUpSeconds: 0.2, noisy };
  const curves = await runCurves({ options, progress: () => {}, cleanup: new Cleanup() });

  expect(curves.noisy).toMatchObject([{ mode: "standalone", broken: [] }]);
  expect(curves.noisy?.[0]?.accepted).toBeGreaterThan(0);
  expect(curvesText(curves, options)).toContain("| standalone: send → deliver |");
}, 60_000);
