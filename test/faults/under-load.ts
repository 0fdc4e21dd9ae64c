import { expect } from "vitest";
import { Load } from "#test/scenarios/load.ts";
import type { Rig } from "./rig.ts";

const roomsPerTenant = 10;
/** Sent before a fault, so that it meets a cluster at work, and after the last one. */
const sendsBetween = 200;
/** Of what the nodes logged last, shown where a test fails: characters. */
const saidMax = 6_000;

export interface FaultyRun {
  readonly load: Load;
  /**
   * Does something to the cluster, and waits until every room has passed on what was sent after it.
   *
   * @param recoveryMsMax for I7: from the moment that it is done.
   * @returns how long the slowest room took.
   */
  fault(name: string, recoveryMsMax: number, act: () => Promise<void>): Promise<number>;
}

/**
 * Two customers' conversations go on while the story injects faults; then the history of every client is judged by I1
 * to I7, and no client may have been told to give up.
 *
 * @param story.annotate gets what is worth reading in the report.
 */
export async function underLoad(
  rig: Rig,
  options: {
    readonly sendsPerSecond?: number;
    readonly tokenTtlSeconds?: number;
    readonly annotate: (text: string) => Promise<unknown>;
  },
  story: (run: FaultyRun) => Promise<void>,
): Promise<Load> {
  const { tokenTtlSeconds } = options;
  const tenants = [await rig.tenant(tokenTtlSeconds), await rig.tenant(tokenTtlSeconds)];
  const load = await Load.start(tenants, roomsPerTenant, options.sendsPerSecond);
  try {
    await story({
      load,
      fault: async (name, recoveryMsMax, act) => {
        await load.sent(sendsBetween);
        load.recorder.fault(name, recoveryMsMax);
        await act();
        const tookMs = await load.recovered(2 * recoveryMsMax);
        await options.annotate(`${name}: every room at work after ${Math.round(tookMs)} ms`);
        return tookMs;
      },
    });
    await load.sent(sendsBetween);
    await load.judge();
    await options.annotate(`clients met: ${load.errors.counts() || "nothing"}`);
    expect(load.errors.final).toEqual([]);
    return load;
  } catch (error) {
    await options.annotate(
      `clients met: ${load.errors.counts()}\nand the nodes said: ${rig.output().slice(-saidMax)}`,
    );
    throw error;
  } finally {
    await load.abandon();
  }
}
