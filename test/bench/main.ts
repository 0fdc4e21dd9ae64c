import { writeFile } from "node:fs/promises";
import { measureCalls } from "./calls/calls.ts";
import { callsText } from "./calls/text.ts";
import { Cleanup } from "./cleanup.ts";
import { brokenOf, curvesText, invalidOf } from "./curves/markdown.ts";
import { type CurveOptions, curveUsage, parseCurveOptions } from "./curves/options.ts";
import { runCurves } from "./curves/run.ts";
import { measureFeatures } from "./features/features.ts";
import { featuresText } from "./features/text.ts";
import { measureHandOvers } from "./hand-over/hand-over.ts";
import { handOverText } from "./hand-over/text.ts";
import { machine, machineLine } from "./machine.ts";
import { type BenchOptions, type Mode, parseOptions, usage } from "./options.ts";
import { textOf } from "./report/text.ts";
import { type ModeResult, runMode } from "./run.ts";
import { backlogMemoryText, measureBacklogMemory } from "./webhooks/memory.ts";
import { webhooksText } from "./webhooks/text.ts";
import { measureWebhooks } from "./webhooks/webhooks.ts";

const exitFailed = 1;
const exitBroken = 1;
const exitInvalid = 2;
const callRingSeconds = 60;

const args = process.argv.slice(2);
if (args.includes("--curves")) {
  await obey(read(parseCurveOptions), curveUsage, curves);
} else {
  await obey(read(parseOptions), usage, bench);
}

async function obey<O>(
  options: O | null,
  help: string,
  work: (options: O) => Promise<number>,
): Promise<void> {
  if (options === null) {
    process.stdout.write(help);
    return;
  }
  process.exitCode = await work(options).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitFailed;
  });
}

async function curves(options: CurveOptions): Promise<number> {
  const cleanup = endedBySignals();
  const at = machine();
  process.stdout.write(`${machineLine(at)}\n`);
  const results = await runCurves({ options, progress, cleanup });
  process.stdout.write(curvesText(results, options));
  if (options.json !== null) await writeJson(options.json, { machine: at, options, results });
  if (brokenOf(results).length > 0) return exitBroken;
  return invalidOf(results).length > 0 ? exitInvalid : 0;
}

async function bench(chosen: BenchOptions): Promise<number> {
  process.stdout.write(`${machineLine(machine())}\n`);
  const results: ModeResult[] = [];
  const cleanup = endedBySignals();
  if (chosen.handOvers > 0) return await benchHandOvers(chosen, cleanup);
  if (chosen.featureRounds > 0) return await benchFeatures(chosen, cleanup);
  if (chosen.calls > 0) return await benchCalls(chosen, cleanup);
  if (chosen.webhookEndpoints > 0) return await benchBacklogMemory(chosen, cleanup);
  if (chosen.webhookBacklog > 0) return await benchWebhooks(chosen, cleanup);
  for (const mode of chosen.modes) {
    const result = await runMode(mode, chosen, progress, cleanup);
    process.stdout.write(textOf(result, chosen));
    results.push(result);
  }
  if (chosen.json !== null) await writeJson(chosen.json, { machine: machine(), options: chosen, results });
  if (results.some(({ fixed, highest }) => fixed.broken.length + (highest?.broken.length ?? 0) > 0))
    return exitBroken;
  return results.some(isInvalid) ? exitInvalid : 0;
}

async function benchHandOvers(chosen: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { rate: perSecond, rooms, handOvers: rounds } = chosen;
  try {
    const result = await measureHandOvers({ perSecond, rooms, rounds }, cleanup, progress);
    process.stdout.write(handOverText(result));
    if (chosen.json !== null) await writeJson(chosen.json, { machine: machine(), options: chosen, result });
    return result.lost > 0 ? exitBroken : 0;
  } finally {
    await cleanup.endAll();
  }
}

/** One thing alone is measured, on each deployment in turn. */
async function benchEach<R>(
  chosen: BenchOptions,
  cleanup: Cleanup,
  work: {
    readonly measure: (mode: Mode) => Promise<R>;
    readonly text: (result: R) => string;
    readonly isBroken?: (result: R) => boolean;
  },
): Promise<number> {
  const results: R[] = [];
  try {
    for (const mode of chosen.modes) {
      const result = await work.measure(mode);
      process.stdout.write(work.text(result));
      results.push(result);
      await cleanup.endAll();
    }
  } finally {
    await cleanup.endAll();
  }
  if (chosen.json !== null) await writeJson(chosen.json, { machine: machine(), options: chosen, results });
  return results.some((result) => work.isBroken?.(result) === true) ? exitBroken : 0;
}

function benchBacklogMemory(chosen: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { webhookEndpoints: endpoints, webhookBacklog: backlog } = chosen;
  return benchEach({ ...chosen, modes: ["standalone"] }, cleanup, {
    measure: () => measureBacklogMemory({ endpoints, backlog }, cleanup, progress),
    text: backlogMemoryText,
  });
}

function benchWebhooks(chosen: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { rate: perSecond, seconds, webhookBacklog: backlog, webhookMessages: messages, profile } = chosen;
  const bounds = { perSecond, seconds, backlog, messages, profile };
  return benchEach(chosen, cleanup, {
    measure: (mode) => measureWebhooks(mode, bounds, cleanup, progress),
    text: webhooksText,
    isBroken: ({ lost }) => lost > 0,
  });
}

function benchFeatures(chosen: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { rooms, featureRounds: rounds, profile } = chosen;
  return benchEach(chosen, cleanup, {
    measure: (mode) => measureFeatures(mode, { rooms, rounds, profile }, cleanup, progress),
    text: featuresText,
  });
}

function benchCalls(chosen: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { calls, profile } = chosen;
  return benchEach(chosen, cleanup, {
    measure: (mode) =>
      measureCalls(mode, { calls, ringSeconds: callRingSeconds, profile }, cleanup, progress),
    text: callsText,
    isBroken: ({ wrong }) => wrong > 0,
  });
}

function isInvalid({ fixed, highest }: ModeResult): boolean {
  return fixed.invalid.length > 0 || highest?.endedBy === "generator";
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function endedBySignals(): Cleanup {
  const cleanup = new Cleanup();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void cleanup.endAll().finally(() => process.exit(exitFailed)));
  }
  return cleanup;
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

function read<O>(parse: (args: readonly string[]) => O): O {
  try {
    return parse(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nSee --help.\n`);
    process.exit(1);
  }
}
