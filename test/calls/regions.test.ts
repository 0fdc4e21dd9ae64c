import { dispose } from "@livekit/rtc-node";
import { decodeJwt } from "jose";
import { RoomServiceClient } from "livekit-server-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { freePort } from "#infra/engines/free-port.ts";
import { livekitKey, startLiveKitContainer } from "#infra/engines/livekit.ts";
import { limits } from "#shared/limits.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import {
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { engines } from "#test/environment/engines.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import {
  accept,
  callers,
  callOf,
  codeOf,
  enter,
  postWebhook,
  signatureOf,
  start,
  twoInCall,
  webhookText,
} from "./calling.ts";

const euKey = { apiKey: "of-eu", apiSecret: "another-secret-that-is-long-enough-for-livekit" };

let eu: EngineContainer;
let euUrl: string;
let deployment: RunningDeployment;
let dataDir: string;

beforeAll(async () => {
  const port = await freePort();
  eu = await startLiveKitContainer({ webhookPort: port, key: euKey });
  euUrl = `ws://${eu.addresses[0]}`;
  dataDir = await makeDataDir();
  const gone = { url: "ws://127.0.0.1:9", apiKey: "of-gone", apiSecret: "of a server that is away" };
  deployment = await startStandalone({
    dataDir,
    env: {
      // LiveKit's webhooks come from its container.
      SENDSAR_HOST: "0.0.0.0",
      SENDSAR_PORT: String(port),
      SENDSAR_LIVEKIT_URL: `ws://${engines().livekitAddress}`,
      SENDSAR_LIVEKIT_API_KEY: livekitKey.apiKey,
      SENDSAR_LIVEKIT_API_SECRET: livekitKey.apiSecret,
      SENDSAR_LIVEKIT_SERVERS: JSON.stringify({ eu: { url: euUrl, ...euKey }, gone }),
    },
  });
}, 1_200_000);
afterAll(async () => {
  await deployment?.stop();
  await eu?.stop();
  if (dataDir !== undefined) await removeDataDir(dataDir);
  await dispose();
});

test("a call is on the LiveKit server of its tenant's region or its own, with its tokens, its webhooks and its end", async () => {
  const tenant = await callers(deployment, { callRegion: "eu" });
  const { callId } = (await start(tenant, await tenant.room(["ada", "bob"]))).call;
  const name = `${tenant.tenantId}/${callId}`;
  const onEu = new RoomServiceClient(euUrl.replace("ws", "http"), euKey.apiKey, euKey.apiSecret);
  expect(await onEu.listRooms([name])).toHaveLength(1);
  const accepted = await accept(tenant, callId, "bob");
  expect([accepted.call.region, accepted.livekit?.url]).toEqual(["eu", euUrl]);
  expect(decodeJwt(accepted.livekit?.token ?? "").iss).toBe(euKey.apiKey);
  const renewed = await tenant.as("ada").post<typeof accepted>(`/v1/calls/${callId}/token`);
  const [ada, bob] = [await enter(renewed.body.livekit), await enter(accepted.livekit)];
  await bob.leave();
  await eventually(async () => expect((await callOf(tenant, callId)).state).toBe("ended"));
  await ada.isOut();
  await eventually(async () => expect(await onEu.listRooms([name])).toEqual([]));

  const other = await callers(deployment);
  const own = await start(other, await other.room(["ada", "bob"]));
  expect([own.call.region, own.livekit?.url]).toEqual([null, `ws://${engines().livekitAddress}`]);
  const named = await start(other, await other.room(["cem", "dee"]), "cem", { region: "eu" });
  expect([named.call.region, named.livekit?.url]).toEqual(["eu", euUrl]);
}, 60_000);

test("a webhook of one LiveKit server says nothing of the calls of another", async () => {
  const tenant = await callers(deployment, { callRegion: "eu" });
  const { callId } = (await start(tenant, await tenant.room(["ada", "bob"]))).call;
  await accept(tenant, callId, "bob");
  const identity = callIdentityOf(tenant.tenantId, "bob");
  const said = async (key: typeof euKey, reason?: "DUPLICATE_IDENTITY") => {
    // bob is on the way: only LiveKit can say that it has been there, and is not any more.
    const text = webhookText("participant_left", `${tenant.tenantId}/${callId}`, identity, reason);
    return postWebhook(deployment, text, await signatureOf(text, key));
  };
  expect(await said({ ...euKey, apiSecret: livekitKey.apiSecret })).toBe(401);
  expect(await said(livekitKey)).toBe(204);
  // Another device has taken the place of one, and may not be seen to be there yet.
  expect(await said(euKey, "DUPLICATE_IDENTITY")).toBe(204);
  expect((await callOf(tenant, callId)).state).toBe("active");
  expect(await said(euKey)).toBe(204);
  await eventually(async () => expect((await callOf(tenant, callId)).state).toBe("ended"));
}, 60_000);

test("where no webhook ever comes a call ends as well when one is gone, once, and why is not known", async () => {
  // LiveKit's own server here, that of `engines`, tells of nothing.
  const { tenant, roomId, callId, ada, bob } = await twoInCall(deployment);
  await eventually(async () => {
    const { participants } = await callOf(tenant, callId);
    expect(participants.map(({ connection }) => connection?.times)).toEqual([1, 1]);
  }, 2 * limits.callCheckMs);
  await bob.leave();
  const withinMs = limits.callAbsentMs + 3 * limits.callCheckMs;
  await eventually(async () => expect((await callOf(tenant, callId)).state).toBe("ended"), withinMs);
  expect(await callOf(tenant, callId)).toMatchObject({
    reason: "completed",
    participants: [
      { userId: "ada", connection: { lost: 0 } },
      { userId: "bob", connection: { lost: 1 } },
    ],
  });
  await ada.isOut();
  const path = `/v1/rooms/${roomId}/events?after=1`;
  const { items } = (await tenant.server.get<{ items: DurableEvent[] }>(path)).body;
  expect(items.filter(({ type }) => type === "call.ended")).toHaveLength(1);
}, 90_000);

test("while the LiveKit server of one region is away, or there is none, the calls of others go on", async () => {
  const away = await callers(deployment, { callRegion: "gone" });
  const none = await callers(deployment, { callRegion: "mars" });
  const path = async (tenant: typeof away) => `/v1/rooms/${await tenant.room(["ada", "bob"])}/calls`;
  const refused = await away.as("ada").post(await path(away), { kind: "audio" });
  expect([refused.status, codeOf(refused)]).toEqual([503, "livekit_unavailable"]);
  const nowhere = await none.as("ada").post(await path(none), { kind: "audio" });
  expect([nowhere.status, codeOf(nowhere)]).toEqual([403, "calls_disabled"]);
  const unknown = await none.as("ada").post(await path(none), { kind: "audio", region: "mars" });
  expect([unknown.status, codeOf(unknown)]).toEqual([400, "invalid_request"]);
  const started = await start(away, await away.room(["cem", "dee"]), "cem", { region: "eu" });
  expect(started.livekit?.url).toBe(euUrl);
}, 60_000);
