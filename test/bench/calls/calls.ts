import { livekitKey, startLiveKitContainer } from "#infra/engines/livekit.ts";
import { BareClient } from "#test/scenarios/bare-client.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import type { Cleanup } from "../cleanup.ts";
import { countsIn } from "../curves/metric-counts.ts";
import { type Bed, makeCluster, makeStandalone } from "../deployments.ts";
import { eachOf } from "../generator/each-of.ts";
import { KeepAlive } from "../generator/keep-alive.ts";
import { Histogram } from "../histogram.ts";
import type { Mode } from "../options.ts";

interface Times {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface CallsResult {
  readonly mode: Mode;
  /** Calls that rang at the same time, as the deployment counts them. */
  readonly ringing: number;
  /** A call's start, the LiveKit room and the caller's token included. */
  readonly start: Times;
  /** Making a token, within the service: the mean, and the least bound of its histogram that half of them keep. */
  readonly mint: { readonly meanMs: number; readonly halfWithinMs: number };
  /** The whole request for a token, which makes sure of the LiveKit room. */
  readonly token: Times;
  /** From when a call was to ring no more until a member was told that it has ended. */
  readonly late: Times;
  /** Calls that did not end, or not as missed, or not once. */
  readonly wrong: number;
}

interface Bounds {
  readonly calls: number;
  /** Long enough for all to have begun before the first ends. */
  readonly ringSeconds: number;
  readonly profile: string | null;
}

const requestsAtOnce = 16;
const tokenRequests = 500;
/** A user is in no more open rooms than so many. */
const roomsOfMonitor = 500;
const endedMsMax = 60_000;

interface End {
  readonly reason: unknown;
  readonly lateMs: number;
}

/** How soon tokens are made, and how late many calls end that ring at once and that nobody answers. */
export async function measureCalls(
  mode: Mode,
  { calls, ringSeconds, profile }: Bounds,
  cleanup: Cleanup,
  progress: (line: string) => void,
): Promise<CallsResult> {
  const livekit = await startLiveKitContainer();
  cleanup.add(() => livekit.stop());
  const env = {
    SENDSAR_LIVEKIT_URL: `ws://${livekit.addresses[0]}`,
    SENDSAR_LIVEKIT_API_KEY: livekitKey.apiKey,
    SENDSAR_LIVEKIT_API_SECRET: livekitKey.apiSecret,
  };
  const make = mode === "standalone" ? makeStandalone : makeCluster;
  const { deployment }: Bed = await make(profile, cleanup, { env });
  await turnCallsOn(deployment);
  const http = new KeepAlive(deployment.url, deployment.apiKey);
  cleanup.add(async () => http.close());
  await makeRooms(http, calls);

  const ringEnds = new Map<string, number>();
  const ends: End[] = [];
  for (let n = 0; n * roomsOfMonitor < calls; n++) {
    const asked = { userId: `monitor-${n}`, displayName: "Monitor" };
    const { token } = (await http.json("POST", "/v1/auth/token", null, asked)) as { token: string };
    const monitor = await BareClient.open(deployment.url, ({ type, callId, reason }) => {
      if (type !== "call.ended") return;
      const lateMs = Date.now() - (ringEnds.get(String(callId)) ?? Number.NaN);
      ends.push({ reason, lateMs });
    });
    cleanup.add(() => monitor.close());
    await monitor.connect(token);
  }

  progress(`${mode}: ${calls} calls begin`);
  const start = await timed(calls, async (n) => {
    const path = `/v1/rooms/trip-${n}/calls`;
    const asked = { kind: "audio", callId: `call-${n}`, ringSeconds };
    const { call } = (await http.json("POST", path, `rider-${n}`, asked)) as { call: { ringEndsAt: string } };
    ringEnds.set(`call-${n}`, Date.parse(call.ringEndsAt));
  });
  const ringing = await eventually(async () => {
    const running = sumOf(countsIn(await metricsOf(deployment), "sendsar_calls_running", "partition"));
    if (running < calls) throw new Error(`${running} of ${calls} calls run`);
    return running;
  });
  progress(`${mode}: ${ringing} calls ring; tokens`);
  const token = await timed(tokenRequests, async (n) => {
    await http.json("POST", `/v1/calls/call-${n % calls}/token`, `rider-${n % calls}`, {});
  });
  const mint = mintOf(await metricsOf(deployment));
  progress(`${mode}: until they end`);
  await eventually(
    () => {
      if (ends.length < calls) throw new Error(`${ends.length} of ${calls} calls have ended`);
    },
    ringSeconds * 1_000 + endedMsMax,
  ).catch((error: Error) => progress(error.message));
  const late = new Histogram();
  const missed = ends.filter(({ reason }) => reason === "missed");
  for (const { lateMs } of missed) late.recordMs(lateMs);
  const wrong = Math.abs(calls - ends.length) + (ends.length - missed.length);
  return { mode, ringing, start, mint, token, late: timesOf(late), wrong };
}

async function turnCallsOn({ url, adminKey, tenantId }: Bed["deployment"]): Promise<void> {
  const answer = await fetch(`${url}/admin/v1/tenants/${tenantId}`, {
    method: "PUT",
    headers: { "x-admin-key": adminKey, "content-type": "application/json" },
    body: JSON.stringify({ settings: { calls: true } }),
  });
  if (!answer.ok) throw new Error(`calls are not on: ${await answer.text()}`);
}

async function makeRooms(http: KeepAlive, calls: number): Promise<void> {
  await eachOf(Array.from({ length: calls }), requestsAtOnce, async (_, n) => {
    const monitor = { userId: `monitor-${Math.floor(n / roomsOfMonitor)}`, role: "observer" };
    const members = [{ userId: `rider-${n}` }, { userId: `driver-${n}` }, monitor];
    await http.json("PUT", `/v1/rooms/trip-${n}`, null, { type: "group", members });
  });
}

async function timed(times: number, ask: (n: number) => Promise<void>): Promise<Times> {
  const histogram = new Histogram();
  await eachOf(Array.from({ length: times }), requestsAtOnce, async (_, n) => {
    const beganMs = performance.now();
    await ask(n);
    histogram.recordMs(performance.now() - beganMs);
  });
  return timesOf(histogram);
}

function timesOf(histogram: Histogram): Times {
  const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((quantile) => histogram.quantileMs(quantile));
  return { samples: histogram.total, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0, maxMs: maxMs ?? 0 };
}

async function metricsOf({ processes }: Bed["deployment"]): Promise<string> {
  const answering = processes.filter(({ service }) => service === "calls" || service === "standalone");
  const texts = answering.map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text());
  return (await Promise.all(texts)).join("\n");
}

const sumOf = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, n) => sum + n, 0);

function mintOf(text: string): CallsResult["mint"] {
  const name = "sendsar_calls_token_seconds";
  const value = (suffix: string) =>
    Number(new RegExp(`^${name}_${suffix}(?:\\{.*\\})? (\\S+)$`, "m").exec(text)?.[1]);
  const count = value("count");
  const within = [...countsIn(text, `${name}_bucket`, "le")].find(([, kept]) => kept >= count / 2);
  return { meanMs: (value("sum") / count) * 1_000, halfWithinMs: Number(within?.[0]) * 1_000 };
}
