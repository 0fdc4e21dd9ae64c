import { messageIdFor } from "#shared/protocol/ids.ts";
import { checkHistory } from "#test/history-checker/check-history.ts";
import type { Violation } from "#test/history-checker/history.ts";
import { checkReactions, consumerOfEvents, keptEvents, roomsAtRest } from "./at-rest.ts";
import type { Device } from "./nodes/device.ts";
import { type Parts, soundParts } from "./parts.ts";
import { Play } from "./play.ts";
import { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";
import { SimulatedTime } from "./time.ts";
import { Trace } from "./trace.ts";
import { tripWire } from "./trip-wire.ts";
import { Weather } from "./weather.ts";

/** Everything is made and connected long before. */
const startMsMax = 60_000;
/**
 * From the last fault until everybody has everything: a group's session, a device that finds out that nobody is there,
 * its backoff, and a wait for an owner, one after the other and some of them twice.
 */
const recoveryMsMax = 120_000;

export interface Result {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  /** From the last fault until everybody had everything. */
  readonly recoveredMs: number;
}

/** One run. The same schedule always comes to the same result, in every line of its trace. */
export async function runSchedule(
  { seed, steps }: Schedule,
  { parts = soundParts, traced = false }: { parts?: Parts; traced?: boolean } = {},
): Promise<Result> {
  const release = tripWire();
  try {
    const random = new Random(seed);
    const time = new SimulatedTime(random);
    const world = { time, weather: new Weather(time, random), trace: new Trace(time, traced) };
    const play = new Play(world, random, parts);
    const until = (ms: number, done: () => Promise<boolean>) => passUntil(time, ms, done);

    await until(startMsMax, async () => (await play.heads()).every((head) => head !== null));
    play.connectAll();
    await time.pass(startMsMax, () => play.devices.every((device) => device.isConnected));

    for (const { afterMs, action } of steps) {
      await time.pass(afterMs);
      world.trace.note("schedule", () => JSON.stringify(action));
      play.do(action);
    }

    world.weather.clear();
    const { deployment } = play;
    for (const { machine } of deployment.fanouts) machine.diesAt = null;
    // A machine that stands still is a fault that is not over, and its clients seem to be connected.
    const areAtWork = () =>
      [...deployment.fanouts, ...deployment.gateways].every(({ machine }) => !machine.paused);
    await time.pass(recoveryMsMax, areAtWork);
    const endedMs = time.nowMs();
    play.recorder.fault("the last of the faults", recoveryMsMax);
    // One after the other, as what is on its way by one node of ingest may come after what goes by another.
    for (const change of [{ state: "open" }, { name: "settled" }] as const) {
      await time.pass(recoveryMsMax, () => play.isAnswered);
      play.patchHall(change);
    }
    await until(recoveryMsMax, async () => (await play.heads()).some((head) => head?.name === "settled"));
    play.connectAgainWhatMayNotKnowItsRooms();
    await time.pass(recoveryMsMax, () => play.devices.every((device) => device.isConnected));
    await time.pass(1);
    sayLastWords(play);
    const isWhole = await until(recoveryMsMax, () => everybodyHasEverything(play));
    world.trace.note("schedule", () => (isWhole ? "everybody has everything" : "somebody lacks something"));
    const recoveredMs = time.nowMs() - endedMs;
    await time.pass(1_000);
    return { violations: await judge(play, steps.some(losesOwners)), trace: world.trace.lines, recoveredMs };
  } finally {
    release();
  }
}

/** All faults are over. Something is said in every room, by which what was lost before is found. */
function sayLastWords(play: Play): void {
  for (const room of play.rooms) play.serverSend(room, "last");
  for (const [n, device] of play.devices.entries()) play.send(device, 0, `last-${n}`);
}

async function everybodyHasEverything(play: Play): Promise<boolean> {
  if (!play.isAnswered) return false;
  const heads = await play.heads();
  for (const [n, { tenantId, roomId, members }] of play.rooms.entries()) {
    const lastId = messageIdFor({ tenantId, roomId, senderId: null, clientId: "last" });
    if ((await play.deployment.store.readMessage(tenantId, roomId, lastId)) === null) return false;
    const seq = heads[n]?.seq;
    const listeners = play.devices.filter(
      ({ of }) => of.tenantId === tenantId && members.includes(of.userId) && !of.comesAndGoes,
    );
    // Also of a room that was closed for a while, and that it is yet to hear of.
    const haveAll = ({ isConnected, cursors }: Device) => isConnected && cursors[roomId] === seq;
    if (!listeners.every(haveAll)) return false;
  }
  return true;
}

/** Whether an owner of rooms may end in the middle of a batch, or be replaced in it. */
function losesOwners({ action }: Schedule["steps"][number]): boolean {
  if (action.type === "die at" || action.type === "zombie") return true;
  const losesNode = action.type === "crash" || action.type === "replace" || action.type === "pause";
  return losesNode && action.node === "fanout";
}

async function judge(play: Play, ownersAreLost: boolean): Promise<Violation[]> {
  const { deployment, rooms, topics, recorder } = play;
  const atRest = await roomsAtRest(deployment.store, rooms);
  const events = consumerOfEvents(deployment.log, topics, atRest, ownersAreLost);
  const kept = await keptEvents(deployment.store, rooms);
  const history = recorder.history(atRest);
  const subscribers = [...history.subscribers, ...events.subscribers, ...kept];
  return [
    ...events.violations,
    ...checkReactions(atRest, events.subscribers),
    ...checkHistory({ ...history, subscribers }),
  ];
}

async function passUntil(time: SimulatedTime, ms: number, done: () => Promise<boolean>): Promise<boolean> {
  const endMs = time.nowMs() + ms;
  while (time.nowMs() < endMs) {
    if (await done()) return true;
    await time.pass(200);
  }
  return done();
}
