import { parseArgs } from "node:util";
import { runSchedule } from "./run.ts";
import type { Schedule } from "./schedule.ts";
import { report, search } from "./search.ts";

const usage = `npm run sim -- [--seed N] [--runs N]     run schedules that follow from the seed, until one fails
npm run sim -- --schedule JSON           run one schedule, and print all that happens in it`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    runs: { type: "string", default: "1000" },
    schedule: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (values.schedule === undefined) await searchFor(Number(values.seed), Number(values.runs));
else await show(JSON.parse(values.schedule) as Schedule);

async function searchFor(seed: number, runs: number): Promise<void> {
  console.log(`seed ${seed}`);
  const startedMs = performance.now();
  const ran = (count: number) => {
    if (count % 500 !== 0) return;
    console.log(`${count} schedules, ${Math.round((performance.now() - startedMs) / count)} ms each`);
  };
  const result = await search({ seed, runs, ran });
  console.log(report(result));
  if (result.found !== null) process.exitCode = 1;
}

async function show(schedule: Schedule): Promise<void> {
  const { trace, violations } = await runSchedule(schedule, { traced: true });
  for (const line of trace) console.log(line);
  for (const { invariant, message } of violations) console.log(`${invariant}: ${message}`);
  if (violations.length > 0) process.exitCode = 1;
}
