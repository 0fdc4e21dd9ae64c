import { dispose } from "@livekit/rtc-node";
import { RoomServiceClient } from "livekit-server-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { freePort } from "#infra/engines/free-port.ts";
import { livekitKey, startLiveKitContainer } from "#infra/engines/livekit.ts";
import { limits } from "#shared/limits.ts";
import type { Call, CallAnswer, CallReason, LiveKitAccess } from "#shared/protocol/calls.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { MediaClient } from "#test/calls/media-client.ts";
import { startCluster } from "#test/deployments/deployment.ts";
import { Caller } from "#test/scenarios/caller.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { makePlace } from "#test/scenarios/place.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";
import { Rig } from "./rig.ts";

const ringSeconds = 8;
/** Of a call that is to end otherwise. */
const longSeconds = 120;
/** Calls that are ended around the moment of the kill: some before it, some by it, some after. */
const endings = 6;
const endingEveryMs = 4;
/** A dead node's partitions stand still until its session has run out and another has them. */
const recoveryMsMax = 20_000;
/** Who is gone is found to be by two looks at the call, that long apart, where LiveKit's webhook got lost. */
const absentMsMax = limits.callAbsentMs + 2 * limits.callCheckMs;

let livekit: EngineContainer;
let rooms: RoomServiceClient;
let rig: Rig | null = null;
let tenant: Tenant;
let pairs = 0;

beforeAll(async () => {
  const port = await freePort();
  livekit = await startLiveKitContainer({ webhookPort: port });
  const address = livekit.addresses[0] ?? "";
  rooms = new RoomServiceClient(`http://${address}`, livekitKey.apiKey, livekitKey.apiSecret);
  const place = await makePlace("cluster");
  const env = {
    ...place.env,
    SENDSAR_LOG_LEVEL: "warn",
    // LiveKit's webhooks come from its container.
    SENDSAR_HOST: "0.0.0.0",
    SENDSAR_PORT: String(port),
    SENDSAR_LIVEKIT_URL: `ws://${address}`,
    SENDSAR_LIVEKIT_API_KEY: livekitKey.apiKey,
    SENDSAR_LIVEKIT_API_SECRET: livekitKey.apiSecret,
  };
  const deployment = await startCluster({ ...place, env });
  rig = new Rig(place, deployment);
  tenant = await rig.tenant();
  const operator = new Caller(deployment.url, { "x-admin-key": deployment.adminKey });
  const settings = { calls: true, callMessages: true };
  await operator.put(`/admin/v1/tenants/${tenant.tenantId}`, { settings });
}, 1_200_000);
afterAll(async () => {
  await rig?.stop();
  await rig?.remove();
  await livekit?.stop();
  await dispose();
});

interface Running {
  /** Who has begun it, and the other. */
  readonly users: readonly [string, string];
  readonly roomId: string;
  readonly callId: string;
  /** Until when it rings those who do not answer. */
  readonly ringEndsMs: number;
  /** In its LiveKit room. */
  readonly devices: readonly MediaClient[];
}

async function start(rings = longSeconds): Promise<Running & { readonly livekit: LiveKitAccess | null }> {
  // A user is in one call at a time.
  const users = [`ada-${++pairs}`, `bob-${pairs}`] as const;
  const roomId = await tenant.room(users);
  return eventually(async () => {
    const path = `/v1/rooms/${roomId}/calls`;
    const answer = await tenant.as(users[0]).post<CallAnswer>(path, { kind: "audio", ringSeconds: rings });
    expect(answer.status, answer.text).toBe(201);
    const { call, livekit: access } = answer.body;
    const ringEndsMs = Date.parse(call.ringEndsAt ?? "");
    return { users, roomId, callId: call.callId, ringEndsMs, livekit: access, devices: [] };
  });
}

/** Both are in it, with a device each. */
async function talk(): Promise<Running> {
  const started = await start();
  const path = `/v1/calls/${started.callId}/accept`;
  const { livekit: access } = (await tenant.as(started.users[1]).post<CallAnswer>(path)).body;
  const devices = await Promise.all(
    [started.livekit, access].map((way) => new MediaClient().join(way as LiveKitAccess)),
  );
  return { ...started, devices };
}

const leave = ({ devices }: Running) => Promise.all(devices.map((device) => device.leave()));
const stateOf = async ({ callId }: Running) =>
  (await tenant.server.get<Call>(`/v1/calls/${callId}`)).body.state;

/** As a client does whose request was lost: until it is told that the call has ended. */
async function end({ callId, users: [caller] }: Running): Promise<void> {
  await eventually(async () => {
    const { status, text } = await tenant.as(caller).post(`/v1/calls/${callId}/end`, {});
    expect([200, 409], text).toContain(status);
  }, recoveryMsMax);
}

/** It has ended once, for this reason, with one line in the history, and is not in LiveKit any more. */
async function expectEnd({ roomId, callId }: Running, reason: CallReason, withinMs: number): Promise<void> {
  const path = `/v1/rooms/${roomId}/events?after=1`;
  const ended = async () => {
    const { items } = (await tenant.server.get<{ items: DurableEvent[] }>(path)).body;
    expect(items.at(-1)?.type).toBe("message.created");
    return items;
  };
  const events = await eventually(ended, withinMs);
  const told = events.filter(({ type }) => type === "call.ended");
  expect(told).toMatchObject([{ callId, reason }]);
  expect(events.filter(({ type }) => type === "message.created")).toHaveLength(1);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => 2 + i));
  const name = `${tenant.tenantId}/${callId}`;
  await eventually(async () => expect(await rooms.listRooms([name])).toEqual([]), absentMsMax);
}

const deaths: Readonly<Record<string, (during: () => Promise<unknown>) => Promise<void>>> = {
  calls: (during) => killed("calls", during),
  fanout: (during) => killed("fanout", during),
  LiveKit: async (during) => {
    await livekit.halt("kill");
    await during();
    await livekit.resume();
  },
};

async function killed(service: string, during: () => Promise<unknown>): Promise<void> {
  const { id } = await (rig as Rig).oneOf(service);
  await Promise.all([(rig as Rig).kill(id), during()]);
}

test.each(Object.keys(deaths))(
  "when %s is killed, a call that rings, one that is left, one that goes on and those that are being ended end as they should, once",
  {
    timeout: 120_000,
  },
  async (who) => {
    const [stays, left, rings, ...ending] = await Promise.all([
      talk(),
      talk(),
      start(ringSeconds),
      ...Array.from({ length: endings }, () => start()),
    ]);
    const ended = Promise.all(
      ending.map(async (one, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * endingEveryMs));
        await end(one);
      }),
    );
    await deaths[who]?.(() => leave(left));
    await ended;
    await Promise.all([
      ...ending.map((one) => expectEnd(one, "cancelled", recoveryMsMax)),
      expectEnd(rings, "missed", Math.max(0, rings.ringEndsMs - Date.now()) + recoveryMsMax),
      expectEnd(left, "completed", recoveryMsMax + absentMsMax),
    ]);
    // What its users did not end goes on, until they do.
    expect(await stateOf(stays)).toBe("active");
    await leave(stays);
    await expectEnd(stays, "completed", absentMsMax);
  },
);
