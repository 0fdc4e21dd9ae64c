import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../child.ts";
import { makeCluster } from "../deployments.ts";
import type { GeneratorMethods } from "../generator/main.ts";
import type { ReturnersReport } from "../generator/returners.ts";
import { makeRooms } from "../product.ts";
import { scheduleOf } from "../schedule.ts";
import { type Measured, measured } from "../windows.ts";
import { countsSince, readCounts } from "./metric-counts.ts";
import type { StormPlan } from "./options.ts";
import type { CurveRun } from "./run.ts";

export interface StormResult {
  readonly clients: number;
  /** Whose gateway was killed. */
  readonly lost: number;
  /** From the end of a connection to `connected`, the client's own pauses included. */
  readonly outage: Measured;
  readonly outageMaxMs: number;
  /** The attempt that succeeded, alone. */
  readonly handshake: Measured;
  readonly handshakeMaxMs: number;
  /** Until every missed event was there. */
  readonly caughtUp: Measured;
  readonly caughtUpMaxMs: number;
  readonly attempts: number;
  readonly turnedAway: number;
  readonly missedEvents: number;
  readonly whole: number;
  readonly gaps: number;
  /** Calls of the store for each client that came back, without what the messages alone made before. */
  readonly storeCallsPerClient: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
}

const gateways = 2;
const pollMs = 50;
const settleMsMax = 10_000;

/** Kills one of two gateways under clients in two-person rooms, and waits until all of them are back. */
export async function measureStorm(
  plan: StormPlan,
  { options, progress, cleanup }: CurveRun,
): Promise<StormResult> {
  const shape = { nodes: { gateway: gateways }, limited: true };
  const { deployment, current } = await makeCluster(null, cleanup, shape);
  const crowd = startChild<GeneratorMethods>("./generator/main.ts");
  cleanup.add(() => crowd.stop());
  progress(`storm: ${plan.clients} clients`);
  const { rooms } = await makeRooms(deployment, "storm", Math.ceil(plan.clients / 2));
  await crowd.call("connectReturners", { rooms, gateways: deployment.gateways, seed: options.seed });

  const readCalls = async () =>
    readCounts((await current()).processes, "sendsar_store_call_seconds_count", "operation");
  const seconds = plan.calmSeconds + plan.backWithinSeconds;
  const schedule = scheduleOf(plan.perSecond, seconds, options.seed);
  // It goes on until the end of the generator, if that comes first.
  const talk = crowd.call("talkReturners", { schedule }).catch(() => null);
  const calmBefore = await readCalls();
  await sleep(plan.calmSeconds * 1_000);
  const before = await readCalls();

  const killed = deployment.processes.find(({ service }) => service === "gateway");
  if (killed === undefined) throw new Error("the cluster has no gateway");
  progress("storm: one gateway is killed");
  process.kill(killed.pid, "SIGKILL");
  const startMs = performance.now();
  const report = await waitUntilBack(() => crowd.call("readReturners", null), plan);
  const stormSeconds = (performance.now() - startMs) / 1_000;
  const after = await readCalls();
  const { violations } = await crowd.call("settleReturners", { withinMs: settleMsMax });

  await cleanup.endLast();
  await cleanup.endLast();
  await talk;
  return {
    clients: report.clients,
    lost: report.lost,
    outage: measured([report.outage]),
    outageMaxMs: report.outage.maxUs / 1_000,
    handshake: measured([report.handshake]),
    handshakeMaxMs: report.handshake.maxUs / 1_000,
    caughtUp: measured([report.caughtUp]),
    caughtUpMaxMs: report.caughtUp.maxUs / 1_000,
    attempts: report.attempts,
    turnedAway: report.turnedAway,
    missedEvents: report.missedEvents,
    whole: report.whole,
    gaps: report.gaps,
    storeCallsPerClient: perClient({
      storm: countsSince(before, after),
      stormSeconds,
      calm: countsSince(calmBefore, before),
      calmSeconds: plan.calmSeconds,
      clients: report.lost,
    }),
    broken: [
      ...(report.lost === 0 ? ["no connection was lost: nothing was measured"] : []),
      ...(report.away === 0
        ? []
        : [`${report.away} of ${report.lost} clients were not back after ${plan.backWithinSeconds} s`]),
      ...violations,
    ],
  };
}

async function waitUntilBack(
  read: () => Promise<ReturnersReport>,
  { backWithinSeconds }: StormPlan,
): Promise<ReturnersReport> {
  const untilMs = performance.now() + backWithinSeconds * 1_000;
  for (;;) {
    const report = await read();
    if ((report.lost > 0 && report.away === 0) || performance.now() > untilMs) return report;
    await sleep(pollMs);
  }
}

/** Calls that the storm made beyond those that the messages make in as much time when all is calm. */
export function perClient(of: {
  storm: ReadonlyMap<string, number>;
  stormSeconds: number;
  calm: ReadonlyMap<string, number>;
  calmSeconds: number;
  clients: number;
}): Record<string, number> {
  const each = [...of.storm].map(([operation, calls]) => {
    const usual = ((of.calm.get(operation) ?? 0) / of.calmSeconds) * of.stormSeconds;
    return [operation, Math.max(0, calls - usual) / of.clients] as const;
  });
  return Object.fromEntries(each.filter(([, calls]) => calls >= 0.005).sort(([, a], [, b]) => b - a));
}
