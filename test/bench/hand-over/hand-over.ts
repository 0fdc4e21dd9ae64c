import { setTimeout as pause } from "node:timers/promises";
import { topicsOf } from "#shared/log/topics.ts";
import type { Deployment } from "#test/deployments/deployment.ts";
import type { Cleanup } from "../cleanup.ts";
import { makeCluster } from "../deployments.ts";
import { Chatter, type Sent } from "./chatter.ts";
import { ExtraNode } from "./extra-node.ts";
import { GroupWatch } from "./group-watch.ts";

/** What a hand-over did to messages: the longest time from when one was due to when it was delivered. */
export interface Pause {
  readonly event: string;
  readonly movedPartitions: number;
  readonly movedMs: number;
  readonly stayedMs: number;
}

export interface HandOvers {
  readonly pauses: readonly Pause[];
  /** The same without any hand-over, for so long as one is watched. */
  readonly quietMs: number;
  readonly messages: number;
  readonly lost: number;
  readonly closes: number;
}

interface Bounds {
  readonly perSecond: number;
  readonly rooms: number;
  readonly rounds: number;
}

const partitions = 8;
const inboxPartitions = 16;
const warmUpMs = 4_000;
/** Before an event all is at rest for so long, and after it a hand-over has this long to end. */
const restMs = 3_000;
const recoveryMsMax = 60_000;
/** A delivery within this time is none that waits for a hand-over. */
const promptMs = 1_000;
const pollMs = 50;

/** Two fanout nodes of a cluster under steady load: a third joins, leaves, is lost; one of the two crashes and returns. */
export async function measureHandOvers(
  { perSecond, rooms, rounds }: Bounds,
  cleanup: Cleanup,
  progress: (line: string) => void,
): Promise<HandOvers> {
  const { deployment, env, engines, current } = await makeCluster(null, cleanup, {
    nodes: { fanout: 2 },
    env: { SENDSAR_PARTITIONS: String(partitions), SENDSAR_INBOX_PARTITIONS: String(inboxPartitions) },
  });
  const prefix = env.SENDSAR_TOPIC_PREFIX ?? "";
  const topics = topicsOf({ prefix, partitions, inboxPartitions });
  const group = await GroupWatch.open({
    brokers: engines?.brokers ?? [],
    group: `${topics.commands}.fanout`,
    topic: topics.commands,
  });
  cleanup.add(() => group.close());
  const chatter = await Chatter.start(deployment, { rooms, perSecond });
  cleanup.add(async () => chatter.stop());
  const partitionOf = (roomId: string) => topics.partitionOf(deployment.tenantId, roomId);
  const join = async () => {
    const node = await ExtraNode.start("fanout-extra", env);
    cleanup.add(() => node.end("SIGKILL"));
    return node;
  };

  async function watch(event: string, cause: () => Promise<void>): Promise<Pause> {
    await settled(chatter);
    const before = await ownersOf(group);
    const fromMs = performance.now();
    await cause();
    const after = await until(async () => {
      const owners = await group.owners();
      return owners !== null && owners.size === partitions && differ(before, owners) ? owners : null;
    });
    await settled(chatter);
    const moved = new Set(
      [...after.keys()].filter((partition) => before.get(partition) !== after.get(partition)),
    );
    const sent = chatter.between(fromMs - restMs, performance.now());
    const has = ({ roomId }: Sent) => moved.has(partitionOf(roomId));
    const result = {
      event,
      movedPartitions: moved.size,
      movedMs: longest(sent.filter(has)),
      stayedMs: longest(sent.filter((each) => !has(each))),
    };
    progress(
      `${event}: ${moved.size} partitions moved, ${result.movedMs} ms; the others ${result.stayedMs} ms`,
    );
    return result;
  }

  await pause(warmUpMs);
  await settled(chatter);
  const quietFromMs = performance.now();
  await pause(2 * restMs);
  const quietMs = longest(chatter.between(quietFromMs, performance.now() - restMs / 2));

  const pauses: Pause[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let extra: ExtraNode | null = null;
    const joining = async () => {
      extra = await join();
    };
    const leaving = (signal: "SIGTERM" | "SIGKILL") => async () => await extra?.end(signal);
    pauses.push(await watch("joins", joining));
    pauses.push(await watch("leaves (SIGTERM)", leaving("SIGTERM")));
    pauses.push(await watch("joins", joining));
    pauses.push(await watch("is lost (kill -9)", leaving("SIGKILL")));
    pauses.push(await watch("crashes and is started again", async () => crash(await current())));
  }
  chatter.fallSilent();
  await until(async () => (chatter.missing === 0 ? true : null)).catch(() => {});
  const messages = chatter.between(0, Number.POSITIVE_INFINITY).length;
  return { pauses, quietMs, messages, lost: chatter.missing, closes: chatter.closes };
}

/** Kills one of the cluster's own fanout processes, which it starts again. */
function crash({ processes }: Deployment): void {
  const victim = processes.find(({ service }) => service === "fanout");
  if (victim !== undefined) process.kill(victim.pid, "SIGKILL");
}

/** Waits until messages have been passing without delay for a while, which begins now. */
async function settled(chatter: Chatter): Promise<void> {
  const sinceMs = performance.now();
  await until(async () => {
    const nowMs = performance.now();
    const latest = chatter.between(nowMs - restMs, nowMs - promptMs);
    return nowMs - restMs > sinceMs && longest(latest) < promptMs ? true : null;
  });
}

function ownersOf(group: GroupWatch): Promise<ReadonlyMap<number, string>> {
  return until(() => group.owners());
}

function differ(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): boolean {
  return [...b].some(([partition, owner]) => a.get(partition) !== owner);
}

/** What was not delivered yet counts until now. */
function longest(sent: readonly Sent[]): number {
  const nowMs = performance.now();
  return Math.round(Math.max(0, ...sent.map(({ dueMs, deliveredMs }) => (deliveredMs ?? nowMs) - dueMs)));
}

async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  const giveUpMs = performance.now() + recoveryMsMax;
  while (performance.now() < giveUpMs) {
    const answer = await ask();
    if (answer !== null) return answer;
    await pause(pollMs);
  }
  throw new Error(
    `not at rest within ${recoveryMsMax} ms: a hand-over that does not end, or too busy a machine`,
  );
}
