import { randomBytes } from "node:crypto";
import { startChild } from "./child.ts";
import { Cleanup } from "./cleanup.ts";
import type { Pipe } from "./fixed-rate.ts";
import { layPipe, type PipePlan } from "./floor/pipe.ts";
import type { PipeEndsMethods } from "./floor/pipe-ends-main.ts";
import type { PipeMiddleMethods } from "./floor/pipe-middle-main.ts";
import { scheduleOf } from "./schedule.ts";

const settleMsMax = 10_000;

/**
 * The floor of the distributed deployment: its two engines and libraries, and nothing else, in two processes.
 *
 * @param cleanup gets one entry, which ends it and removes what it made.
 */
export async function startPipe(
  engines: Pick<PipePlan, "brokers" | "contactPoints" | "dataCenter">,
  { rooms, seed }: { rooms: number; seed: number },
  cleanup: Cleanup,
): Promise<Pipe> {
  const made = new Cleanup();
  cleanup.add(() => made.endAll());
  const plan: PipePlan = { ...engines, name: `pipe_${randomBytes(4).toString("hex")}` };
  made.add(await layPipe(plan));
  const middle = startChild<PipeMiddleMethods>("./floor/pipe-middle-main.ts");
  made.add(() => middle.stop());
  const ends = startChild<PipeEndsMethods>("./floor/pipe-ends-main.ts");
  made.add(() => ends.stop());
  await middle.call("open", plan);
  await ends.call("open", plan);
  return {
    run: (perSecond, seconds) =>
      ends.call("run", { schedule: scheduleOf(perSecond, seconds, seed), rooms, settleMsMax }),
  };
}
