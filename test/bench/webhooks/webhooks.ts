import { setTimeout as pause } from "node:timers/promises";
import { type Child, startChild } from "../child.ts";
import type { Cleanup } from "../cleanup.ts";
import { type Bed, makeCluster, makeStandalone } from "../deployments.ts";
import { eachOf } from "../generator/each-of.ts";
import { KeepAlive } from "../generator/keep-alive.ts";
import { Histogram } from "../histogram.ts";
import type { Mode } from "../options.ts";
import { startUsage, type Usage } from "../usage.ts";
import { nobody } from "./nobody.ts";
import type { ReceiverMethods } from "./receiver-main.ts";

interface Ages {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface WebhookResult {
  readonly mode: Mode;
  /** Age of events at their first try, by the receiver's clock, which is that of the deployment. */
  readonly alone: Ages;
  /** The same of a bare POST to the same receiver, in the same minute. */
  readonly floor: Ages;
  /** The same beside an endpoint that takes nothing and has a backlog. */
  readonly besideDead: Ages;
  /** Events that wait for the dead one. */
  readonly backlog: number;
  readonly deliveriesPerSecond: number;
  /** Of the deployment, without what as many messages cost that nobody is told of: what a core makes is its inverse. */
  readonly cpuMsPerDelivery: number;
  /** Of a core, by the webhooks node of a cluster, at the same rate for a tenant without an endpoint. */
  readonly idleCpuShare: number | null;
  /** Deliveries that never came. */
  readonly lost: number;
  /** That came more than once, though no node ended. */
  readonly repeated: number;
}

interface Bounds {
  readonly perSecond: number;
  readonly seconds: number;
  readonly backlog: number;
  /** Messages of the burst; five deliveries each. */
  readonly messages: number;
  /** Where CPU profiles go. */
  readonly profile: string | null;
}

const roomsOfOne = 50;
const requestsAtOnce = 32;
const endpointsAtOnce = 5;
const warmUpSeconds = 3;
const arrivalMsMax = 60_000;
const pollMs = 50;

/** How soon events are with a customer's server, how many a second, and what a dead endpoint does to a live one. */
export async function measureWebhooks(
  mode: Mode,
  { perSecond, seconds, backlog, messages, profile }: Bounds,
  cleanup: Cleanup,
  progress: (line: string) => void,
): Promise<WebhookResult> {
  const env = { SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8" };
  const make = mode === "standalone" ? makeStandalone : makeCluster;
  const { deployment }: Bed = await make(profile, cleanup, { env });
  const http = new KeepAlive(deployment.url, deployment.apiKey);
  cleanup.add(async () => http.close());
  const receiver = startChild<ReceiverMethods>("webhooks/receiver-main.ts");
  cleanup.add(() => receiver.stop());
  const url = await receiver.call("listen", null);
  const hook = async (to: string, roomPattern: string): Promise<string> => {
    const body = { url: to, events: ["message.created"], roomPattern };
    const made = (await http.json("POST", "/v1/webhooks/endpoints", null, body)) as { endpointId: string };
    return made.endpointId;
  };
  for (const kind of ["live", "many", "dead", "none"]) await makeRooms(http, kind);
  const cpuOf = async (work: () => Promise<unknown>) => {
    const usage = await startUsage(deployment.processes);
    await work();
    return usage();
  };
  const sent = { count: 0 };
  const say = (kind: string) => {
    sent.count += 1;
    const body = { clientId: `m-${sent.count}`, body: "Driver is 2 min away" };
    return http.json("POST", `/v1/rooms/${kind}-${sent.count % roomsOfOne}/messages`, "rider", body);
  };

  const untold = await cpuOf(() => atRate(perSecond, seconds, () => say("none")));
  const idleCpuShare = untold.find(({ service }) => service === "webhooks")?.cpuShare ?? null;

  await hook(url, "live-*");
  const bare = new KeepAlive(url, "none");
  cleanup.add(async () => bare.close());
  const post = () => bare.send("POST", "/", null, JSON.stringify({ at: new Date().toISOString() }));
  const measure = async (
    during: number,
    send: () => Promise<unknown> = () => say("live"),
  ): Promise<Ages & { lost: number }> => {
    await receiver.call("forget", null);
    const count = Math.round(perSecond * during);
    await atRate(perSecond, during, send);
    const { first, ages } = await arrived(receiver, count);
    const histogram = Histogram.of(ages);
    const [p50Ms, p99Ms] = [histogram.quantileMs(0.5), histogram.quantileMs(0.99)];
    return { samples: first, p50Ms, p99Ms, lost: count - first };
  };
  await measure(warmUpSeconds);
  const many = await Promise.all(
    Array.from({ length: endpointsAtOnce }, (_, n) => hook(`${url}${n}`, "many-*")),
  );
  await receiver.call("forget", null);
  const without = secondsOf(await cpuOf(() => sayAtOnce(messages, () => say("none"))));
  let burst = await receiver.call("got", null);
  const withAll = await cpuOf(async () => {
    await sayAtOnce(messages, () => say("many"));
    burst = await arrived(receiver, messages * endpointsAtOnce);
  });
  const deliveriesPerSecond = Math.round(burst.first / ((burst.lastMs - burst.firstMs) / 1_000));
  const cpuMsPerDelivery = ((secondsOf(withAll) - without) * 1_000) / Math.max(1, burst.first);
  await Promise.all(many.map((id) => http.send("DELETE", `/v1/webhooks/endpoints/${id}`, null)));
  progress(`${mode}: ${deliveriesPerSecond} deliveries/s`);

  const floor = await measure(seconds, post);
  const alone = await measure(seconds);
  progress(`${mode}: first try ${alone.p50Ms} ms at p50, ${alone.p99Ms} ms at p99`);

  await hook(await nobody(), "dead-*");
  await sayAtOnce(backlog, () => say("dead"));
  progress(`${mode}: ${backlog} events wait for an endpoint that nobody listens at`);
  const besideDead = await measure(seconds);
  progress(`${mode}: beside it ${besideDead.p50Ms} ms at p50, ${besideDead.p99Ms} ms at p99`);
  const { repeated } = await receiver.call("got", null);
  const lost = alone.lost + besideDead.lost + messages * endpointsAtOnce - burst.first;
  return {
    mode,
    alone,
    floor,
    besideDead,
    backlog,
    deliveriesPerSecond,
    cpuMsPerDelivery,
    idleCpuShare,
    lost,
    repeated,
  };
}

/** Begins calls at their times, however long those before take. */
async function atRate(perSecond: number, seconds: number, send: () => Promise<unknown>): Promise<void> {
  const beganMs = performance.now();
  const answers: Promise<unknown>[] = [];
  for (let n = 0; n < Math.round(perSecond * seconds); n++) {
    const dueMs = beganMs + (n * 1_000) / perSecond;
    if (dueMs > performance.now()) await pause(dueMs - performance.now());
    answers.push(send());
  }
  await Promise.all(answers);
}

function secondsOf(usages: readonly Usage[]): number {
  return usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

async function makeRooms(http: KeepAlive, kind: string): Promise<void> {
  const members = ["rider", "driver"].map((userId) => ({ userId }));
  await eachOf(Array.from({ length: roomsOfOne }), requestsAtOnce, async (_, n) => {
    await http.json("PUT", `/v1/rooms/${kind}-${n}`, null, { type: "direct", members });
  });
}

function sayAtOnce(count: number, say: () => Promise<unknown>): Promise<void> {
  return eachOf(Array.from({ length: count }), requestsAtOnce, async () => void (await say()));
}

/** Waits for so many first tries, or until none comes any more. */
async function arrived(receiver: Child<ReceiverMethods>, count: number) {
  const untilMs = performance.now() + arrivalMsMax;
  for (;;) {
    const got = await receiver.call("got", null);
    if (got.first >= count || performance.now() > untilMs) return got;
    await pause(pollMs);
  }
}
