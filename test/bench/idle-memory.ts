import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "./fleet.ts";
import type { HistogramData } from "./histogram.ts";
import { makeUsers, type Target } from "./product.ts";
import { readUsage, type Watched } from "./usage.ts";
import { type Measured, measured } from "./windows.ts";

export interface IdleMemory {
  readonly connections: number;
  readonly perProcess: readonly {
    readonly service: string;
    /** Of all connections. */
    readonly bytesEach: number;
    /** Of the second half of them: without what the first ones brought about once. */
    readonly bytesEachLater: number;
  }[];
  readonly handshake: Measured;
  /** Closed by the server meanwhile. */
  readonly lost: number;
}

/** Opened and closed before the start, so that compiled code and pools are not counted as connections. */
const warmUpConnections = 200;

/** Opens sockets of as many users, each in no room, and reads how much memory the processes hold more. */
export async function measureIdleMemory(bench: {
  fleet: Fleet;
  target: Target;
  processes: readonly Watched[];
  connections: number;
  settleSeconds: number;
}): Promise<IdleMemory> {
  const { fleet, target, processes, connections, settleSeconds } = bench;
  const idle = fleet.first;
  const users = await makeUsers(target, "idle", connections + warmUpConnections);
  const members = users.map(({ url, token }) => ({ url, token: token ?? "" }));
  await idle.call("openIdle", { members: members.splice(0, warmUpConnections) });
  await idle.call("closeIdle", null);

  const none = await settledBytes(processes, settleSeconds);
  const handshakes: HistogramData[] = [];
  const half = Math.ceil(connections / 2);
  handshakes.push((await idle.call("openIdle", { members: members.slice(0, half) })).handshake);
  const some = await settledBytes(processes, settleSeconds);
  handshakes.push((await idle.call("openIdle", { members: members.slice(half) })).handshake);
  const all = await settledBytes(processes, settleSeconds);
  const { lost } = await idle.call("closeIdle", null);
  return {
    connections,
    perProcess: processes.map(({ service }, i) => ({
      service,
      bytesEach: ((all[i] ?? 0) - (none[i] ?? 0)) / connections,
      bytesEachLater: ((all[i] ?? 0) - (some[i] ?? 0)) / (connections - half),
    })),
    handshake: measured(handshakes),
    lost,
  };
}

/** Garbage of the handshakes goes when V8 finds time: the least of some readings is what is really held. */
async function settledBytes(processes: readonly Watched[], seconds: number): Promise<number[]> {
  let least = processes.map(() => Number.POSITIVE_INFINITY);
  for (let reading = 0; reading < seconds; reading++) {
    await sleep(1_000);
    const now = await Promise.all(processes.map(readUsage));
    least = least.map((bytes, i) => Math.min(bytes, now[i]?.rssBytes ?? bytes));
  }
  return least;
}
