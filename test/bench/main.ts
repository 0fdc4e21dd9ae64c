import { writeFile } from "node:fs/promises";
import { Cleanup } from "./cleanup.ts";
import { measureHandOvers } from "./hand-over/hand-over.ts";
import { handOverText } from "./hand-over/text.ts";
import { machine, machineLine } from "./machine.ts";
import { type BenchOptions, parseOptions, usage } from "./options.ts";
import { textOf } from "./report/text.ts";
import { type ModeResult, runMode } from "./run.ts";

const exitFailed = 1;
const exitBroken = 1;
const exitInvalid = 2;

const options = readOptions();
if (options === null) process.stdout.write(usage);
else {
  process.exitCode = await bench(options).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitFailed;
  });
}

async function bench(chosen: BenchOptions): Promise<number> {
  process.stdout.write(`${machineLine(machine())}\n`);
  const results: ModeResult[] = [];
  const cleanup = new Cleanup();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void cleanup.endAll().finally(() => process.exit(exitFailed)));
  }
  if (chosen.handOvers > 0) return await benchHandOvers(chosen, cleanup);
  for (const mode of chosen.modes) {
    const result = await runMode(mode, chosen, progress, cleanup);
    process.stdout.write(textOf(result, chosen));
    results.push(result);
  }
  if (chosen.json !== null) {
    await writeFile(
      chosen.json,
      `${JSON.stringify({ machine: machine(), options: chosen, results }, null, 2)}\n`,
    );
  }
  if (results.some(({ fixed, highest }) => fixed.broken.length + (highest?.broken.length ?? 0) > 0))
    return exitBroken;
  return results.some(isInvalid) ? exitInvalid : 0;
}

async function benchHandOvers(chosen: BenchOptions, cleanup: Cleanup): Promise<number> {
  const { rate: perSecond, rooms, handOvers: rounds } = chosen;
  try {
    const result = await measureHandOvers({ perSecond, rooms, rounds }, cleanup, progress);
    process.stdout.write(handOverText(result));
    if (chosen.json !== null) {
      await writeFile(
        chosen.json,
        `${JSON.stringify({ machine: machine(), options: chosen, result }, null, 2)}\n`,
      );
    }
    return result.lost > 0 ? exitBroken : 0;
  } finally {
    await cleanup.endAll();
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function isInvalid({ fixed, highest }: ModeResult): boolean {
  return fixed.invalid.length > 0 || highest?.endedBy === "generator";
}

function readOptions(): BenchOptions | null {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nSee --help.\n`);
    process.exit(1);
  }
}
