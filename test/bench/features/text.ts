import { tableOf } from "../report/table.ts";
import type { Spread } from "../windows.ts";
import type { FeatureCosts } from "./features.ts";

export function featuresText({ mode, costs, each }: FeatureCosts): string {
  const [message] = costs;
  const times = (value: number) => `${value.toFixed(2)} ×`;
  return [
    "",
    `${mode}: what each costs, ${each} of each; until the other member is told, and CPU of the product`,
    "",
    tableOf([
      ["", "p50", "p99", "CPU", "CPU / message", "p50 / message", ""],
      ...costs.map(({ name, told, cpuMicros, cpuRatio }) => {
        const ratio = told.p50.medianMs / (message?.told.p50.medianMs ?? Number.NaN);
        return [
          name,
          `${told.p50.medianMs.toFixed(2)} ms`,
          `${told.p99.medianMs.toFixed(1)} ms`,
          `${cpuMicros.medianMs.toFixed(0)} µs`,
          `${times(cpuRatio.medianMs)} [${cpuRatio.leastMs.toFixed(2)}–${cpuRatio.mostMs.toFixed(2)}]`,
          times(ratio),
          verdictOn(cpuRatio),
        ];
      }),
    ]),
    "",
  ].join("\n");
}

function verdictOn({ medianMs, leastMs }: Spread): string {
  if (medianMs <= 1) return "met";
  return leastMs <= 1 ? "met, within what rounds differ by" : "MISSED";
}
