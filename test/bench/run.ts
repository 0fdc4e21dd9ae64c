import { startPipe } from "./bare-pipe.ts";
import { startChild } from "./child.ts";
import type { Cleanup } from "./cleanup.ts";
import { makeCluster, makeStandalone } from "./deployments.ts";
import { type FixedRate, measureFixedRate } from "./fixed-rate.ts";
import { Fleet } from "./fleet.ts";
import type { EchoMethods } from "./floor/echo-main.ts";
import { type HighestRate, measureHighestRate } from "./highest-rate.ts";
import { type HistoryReads, measureHistoryReads } from "./history-reads.ts";
import { type IdleMemory, measureIdleMemory } from "./idle-memory.ts";
import type { BenchOptions, Mode } from "./options.ts";
import { measureRoomLists, type RoomLists } from "./room-lists.ts";

export interface ModeResult {
  readonly mode: Mode;
  readonly fixed: FixedRate;
  readonly history: HistoryReads | null;
  readonly roomLists: RoomLists | null;
  readonly highest: HighestRate | null;
  readonly idle: IdleMemory | null;
}

const rampFrom: Readonly<Record<Mode, number>> = { standalone: 1_000, cluster: 200 };

/** Everything about one kind of deployment. What is started is in `cleanup`, for a caller who is told to end early. */
export async function runMode(
  mode: Mode,
  options: BenchOptions,
  progress: (line: string) => void,
  cleanup: Cleanup,
): Promise<ModeResult> {
  try {
    return await measureAll(mode, options, progress, cleanup);
  } finally {
    await cleanup.endAll();
  }
}

async function measureAll(
  mode: Mode,
  options: BenchOptions,
  progress: (line: string) => void,
  cleanup: Cleanup,
): Promise<ModeResult> {
  const make = mode === "standalone" ? makeStandalone : makeCluster;
  const fleet = new Fleet(options.generators, options.seed);
  cleanup.add(() => fleet.stop());
  const echo = startChild<EchoMethods>("./floor/echo-main.ts");
  cleanup.add(() => echo.stop());
  const { url: echoUrl } = await echo.call("listen", null);

  progress(`${mode}: starting`);
  const { deployment: target, engines } = await make(options.profile, cleanup);
  const { processes } = target;

  progress(`${mode}: ${options.rate} msg/s, floor and product in turn`);
  const pipe = engines === null ? null : await startPipe(engines, options, cleanup);
  const fixed = await measureFixedRate({ options, fleet, target, processes, echoUrl, pipe });
  if (pipe !== null) await cleanup.endLast();

  const history = options.history === 0 ? null : await measureHistoryReads(fleet, target, options);
  let roomLists: RoomLists | null = null;
  if (mode === "standalone" && options.closedRooms > 0) {
    progress(`${mode}: the lists of a user with ${options.closedRooms} closed rooms`);
    roomLists = await measureRoomLists(fleet, target, options);
  }
  let highest: HighestRate | null = null;
  if (options.ramp) {
    progress(`${mode}: looking for the highest rate held`);
    const from = options.rampFrom ?? rampFrom[mode];
    highest = await measureHighestRate({ options, fleet, target, processes, from, progress });
  }
  await cleanup.endLast();

  let idle: IdleMemory | null = null;
  if (options.connections > 0) {
    const { connections, settleSeconds } = options;
    progress(`${mode}: ${connections} idle connections`);
    // A fresh one, with nothing left over from the load.
    const { deployment } = await make(null, cleanup);
    const fresh = { target: deployment, processes: deployment.processes };
    idle = await measureIdleMemory({ fleet, ...fresh, connections, settleSeconds });
  }
  return { mode, fixed, history, roomLists, highest, idle };
}
