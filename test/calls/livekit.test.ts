import { dispose } from "@livekit/rtc-node";
import { SignJWT } from "jose";
import { RoomServiceClient } from "livekit-server-sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { freePort } from "#infra/engines/free-port.ts";
import { livekitKey, startLiveKitContainer } from "#infra/engines/livekit.ts";
import type { Call, CallAnswer, LiveKitAccess } from "#shared/protocol/calls.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import {
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";
import {
  accept,
  callers,
  callOf,
  codeOf,
  enter,
  enterToBeLost,
  postWebhook,
  recordedText,
  signatureOf,
  start,
  twoInCall,
  webhookText,
} from "./calling.ts";

let livekit: EngineContainer;
let rooms: RoomServiceClient;
let deployment: RunningDeployment;
let dataDir: string;

beforeAll(async () => {
  const port = await freePort();
  livekit = await startLiveKitContainer({ webhookPort: port });
  const address = livekit.addresses[0] ?? "";
  rooms = new RoomServiceClient(`http://${address}`, livekitKey.apiKey, livekitKey.apiSecret);
  dataDir = await makeDataDir();
  deployment = await startStandalone({
    dataDir,
    env: {
      // LiveKit's webhooks come from its container.
      SENDSAR_HOST: "0.0.0.0",
      SENDSAR_PORT: String(port),
      SENDSAR_LIVEKIT_URL: `ws://${address}`,
      SENDSAR_LIVEKIT_API_KEY: livekitKey.apiKey,
      SENDSAR_LIVEKIT_API_SECRET: livekitKey.apiSecret,
    },
  });
}, 1_200_000);
afterAll(async () => {
  await deployment?.stop();
  await livekit?.stop();
  if (dataDir !== undefined) await removeDataDir(dataDir);
  await dispose();
});

/** What the deployment counts. */
async function metric(line: string): Promise<number> {
  const { adminUrl } = deployment.processes[0] ?? { adminUrl: "" };
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(
    text
      .split("\n")
      .find((one) => one.startsWith(line))
      ?.split(" ")
      .at(-1) ?? 0,
  );
}

test("two hear each other, one goes away, and the call ends by itself and is in the history", async () => {
  const { tenant, roomId, callId, ada, bob } = await twoInCall(deployment);
  const heard = Promise.all([ada.hears(), bob.hears()]);
  await Promise.all([ada.speak(), bob.speak()]);
  expect(await heard).toEqual(["bob", "ada"].map((user) => callIdentityOf(tenant.tenantId, user)));
  expect(await callOf(tenant, callId)).toMatchObject({ state: "active", reason: null });

  await bob.leave();
  await eventually(async () =>
    expect(await callOf(tenant, callId)).toMatchObject({ state: "ended", reason: "completed" }),
  );
  const { body } = await tenant.as("ada").get<{ items: Call[] }>(`/v1/rooms/${roomId}/calls`);
  expect(body.items).toMatchObject([{ callId, reason: "completed", durationSeconds: expect.any(Number) }]);
  // It was LiveKit's webhook that said so, and whoever is still there is put out.
  expect(await metric('sendsar_calls_livekit_webhooks_total{outcome="taken"')).toBeGreaterThan(0);
  await ada.isOut();
  await eventually(async () => expect(await rooms.listRooms([`${tenant.tenantId}/${callId}`])).toEqual([]));
}, 60_000);

test("a call says at its end what LiveKit had of each, who was lost and who left, and then what their devices say", async () => {
  const tenant = await callers(deployment);
  const roomId = await tenant.room(["ada", "bob", "cem"], "group");
  const started = await start(tenant, roomId, "ada", { invite: ["bob"] });
  const { callId } = started.call;
  const of = async (userId: string) =>
    (await callOf(tenant, callId)).participants.find((one) => one.userId === userId);
  const seen = (userId: string, connection: object) =>
    eventually(async () => expect((await of(userId))?.connection).toMatchObject(connection), 45_000);

  const first = await enter(started.livekit);
  const lost = await enterToBeLost((await accept(tenant, callId, "bob")).livekit);
  try {
    await seen("ada", { times: 1, lost: 0, published: [] });
    await seen("bob", { times: 1, lost: 0, published: ["microphone"] });
    // On another device, which takes the place of the first.
    const renewed = await tenant.as("ada").post<CallAnswer>(`/v1/calls/${callId}/token`);
    const ada = await enter(renewed.body.livekit);
    await first.isOut();
    await ada.speak();
    await seen("ada", { times: 2, lost: 0, published: ["microphone"] });

    lost.kill("SIGKILL");
    await seen("bob", { times: 1, lost: 1 });
    expect((await of("bob"))?.state).toBe("left");
    // It comes back, and leaves as LiveKit's client does.
    const bob = await enter((await accept(tenant, callId, "bob")).livekit);
    await seen("bob", { times: 2, lost: 1 });
    await bob.leave();
    await eventually(async () => expect((await of("bob"))?.state).toBe("left"));
    await tenant.as("ada").post(`/v1/calls/${callId}/end`, {});
    await ada.isOut();
  } finally {
    lost.kill("SIGKILL");
  }

  const seconds = { excellent: 9, good: 0, poor: 0, lost: 0 };
  const path = `/v1/calls/${callId}/quality`;
  await tenant.as("ada").post(path, { seconds, reconnects: 0 });
  expect(codeOf(await tenant.as("cem").post(path, { rating: 1 }))).toBe("call_conflict");
  const now = await callOf(tenant, callId);
  const { durationSeconds } = now;
  const stays = (await of("bob"))?.seconds ?? 0;
  expect(stays).toBeLessThanOrEqual(durationSeconds ?? 0);
  const atEnd = [
    { userId: "ada", seconds: durationSeconds, connection: { times: 2, lost: 0, published: ["microphone"] } },
    { userId: "bob", seconds: stays, connection: { times: 2, lost: 1, published: ["microphone"] } },
  ];
  const quality = { seconds, reconnects: 0, rating: null };
  expect(now.participants).toMatchObject([
    { ...atEnd[0], quality },
    { ...atEnd[1], quality: null },
  ]);
  const { items } = (await tenant.server.get<{ items: DurableEvent[] }>(`/v1/rooms/${roomId}/events?after=1`))
    .body;
  expect(items.find(({ type }) => type === "call.ended")).toMatchObject({ call: { participants: atEnd } });
  expect(items.at(-1)).toMatchObject({ type: "call.quality", userId: "ada", quality, call: now });
}, 120_000);

test("LiveKit lets in who bears a good token, to the call of that token and no other", async () => {
  const [tenant, other] = [await callers(deployment), await callers(deployment)];
  const [one, two] = [await tenant.room(["ada", "bob"]), await tenant.room(["cem", "dee"])];
  const theirs = await other.room(["ada", "bob"]);
  const [first, second, third] = [
    await start(tenant, one),
    await start(tenant, two, "cem"),
    await start(other, theirs, "ada", { callId: "same" }),
  ];
  // Of another room, and of another tenant's call of the same name: nobody meets anybody.
  const fourth = await start(tenant, await tenant.room(["eve", "fay"]), "eve", { callId: "same" });
  const clients = await Promise.all([first, second, third, fourth].map(({ livekit: way }) => enter(way)));
  const bob = await enter((await accept(tenant, first.call.callId, "bob")).livekit);
  await eventually(() => expect(clients[0]?.others).toEqual([callIdentityOf(tenant.tenantId, "bob")]));
  expect(clients.slice(1).flatMap(({ others }) => others)).toEqual([]);
  await Promise.all([...clients, bob].map((client) => client.leave()));

  const good = first.livekit as LiveKitAccess;
  const [head = "", body = "", signature = ""] = good.token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const video = { ...(claims.video as object), room: `${other.tenantId}/same` };
  const tampered = Buffer.from(JSON.stringify({ ...claims, video })).toString("base64url");
  const signed = (secret: string, exp: number) =>
    new SignJWT({ ...claims, exp }).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(secret));
  const soon = Math.floor(Date.now() / 1_000) + 60;
  const bad = [
    `${head}.${tampered}.${signature}`,
    await signed("another secret, as long as that of LiveKit", soon),
    await signed(livekitKey.apiSecret, soon - 3_600),
  ];
  for (const token of bad) await expect(enter({ ...good, token }), token).rejects.toThrow();
}, 60_000);

test("a member that is removed, and one whose tokens are revoked, are put out of the call", async () => {
  const tenant = await callers(deployment);
  const roomId = await tenant.room(["ada", "bob", "cem", "dee"], "group");
  const started = await start(tenant, roomId);
  const { callId } = started.call;
  const enters = async (userId: string) => enter((await accept(tenant, callId, userId)).livekit);
  const ada = await enter(started.livekit);
  const [bob, cem, dee] = [await enters("bob"), await enters("cem"), await enters("dee")];
  // LiveKit knows the second in which somebody came.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await tenant.server.delete(`/v1/rooms/${roomId}/members/bob`);
  await bob.isOut();
  await tenant.server.post("/v1/users/cem/revoke");
  await cem.isOut();
  await tenant.as("dee").post(`/v1/calls/${callId}/leave`);
  await dee.isOut();
  const states = (await callOf(tenant, callId)).participants.map(({ userId, state }) => [userId, state]);
  expect(states).toEqual([
    ["ada", "joined"],
    ["bob", "left"],
    ["cem", "left"],
    ["dee", "left"],
  ]);
  await tenant.as("ada").post(`/v1/calls/${callId}/end`, {});
  await ada.isOut();
}, 60_000);

test("webhooks that are forged are refused, and what is repeated, late or in no order changes nothing; all is counted", async () => {
  const { tenant, callId, ada, bob } = await twoInCall(deployment);
  const identity = callIdentityOf(tenant.tenantId, "bob");
  const webhook = (event: string) => webhookText(event, `${tenant.tenantId}/${callId}`, identity);
  const post = (body: string, signature?: string) => postWebhook(deployment, body, signature);
  const signedBy = (apiSecret: string, text: string) => signatureOf(text, { ...livekitKey, apiSecret });
  const good = async (body: string) => post(body, await signedBy(livekitKey.apiSecret, body));
  const count = (outcome: string) => metric(`sendsar_calls_livekit_webhooks_total{outcome="${outcome}"`);
  const [forged, repeated] = [await count("forged"), await count("repeated")];
  // It says that bob has left, who is there.
  const left = webhook("participant_left");
  expect(await post(left)).toBe(401);
  expect(await post(left, await signedBy("another secret, as long as that of LiveKit", left))).toBe(401);
  expect(await post(left, await signedBy(livekitKey.apiSecret, `${left} `))).toBe(401);
  expect([await good(left), await good(left)]).toEqual([204, 204]);
  expect((await count("forged")) - forged).toBe(3);
  expect((await count("repeated")) - repeated).toBe(1);
  // The end before the beginning.
  for (const event of ["room_finished", "participant_left", "participant_joined", "room_started"]) {
    expect(await good(webhook(event)), event).toBe(204);
  }
  expect(await callOf(tenant, callId)).toMatchObject({ state: "active" });
  await Promise.all([ada.leave(), bob.leave()]);
  await eventually(async () => expect((await callOf(tenant, callId)).state).toBe("ended"));
  const ended = await callOf(tenant, callId);
  for (const event of ["participant_joined", "room_started"]) expect(await good(webhook(event))).toBe(204);
  expect(await callOf(tenant, callId)).toEqual(ended);
}, 60_000);

test("a start that is refused, and one that meets the room's call, leave no LiveKit room behind", async () => {
  const tenant = await callers(deployment);
  const roomId = await tenant.room(["ada", "bob"]);
  const path = `/v1/rooms/${roomId}/calls`;
  const there = async (callId: string) => (await rooms.listRooms([`${tenant.tenantId}/${callId}`])).length;
  await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "frozen" });
  const refused = await tenant.as("ada").post(path, { kind: "audio", callId: "refused" });
  expect([codeOf(refused), await there("refused")]).toEqual(["room_frozen", 0]);
  await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "open" });
  await start(tenant, roomId, "ada", { callId: "of-ada" });
  const met = await tenant.as("bob").post<CallAnswer>(path, { kind: "audio", callId: "of-bob" });
  expect(met.body.call).toMatchObject({ callId: "of-ada", state: "active" });
  expect([await there("of-ada"), await there("of-bob")]).toEqual([1, 0]);
  await tenant.as("ada").post("/v1/calls/of-ada/end", {});
}, 60_000);

test("a call is recorded where the tenant may and LiveKit can, and what LiveKit has recorded is told once, with its file", async () => {
  const tenant = await callers(deployment);
  const may = await callers(deployment, { callRecording: true, callMessages: true });
  const record = async (of: Tenant, callId: string) => {
    const answer = await of.server.post(`/v1/calls/${callId}/record`);
    return [answer.status, codeOf(answer)];
  };
  const { callId: other } = (await start(tenant, await tenant.room(["ada", "bob"]))).call;
  await accept(tenant, other, "bob");
  expect(await record(tenant, other)).toEqual([403, "recording_disabled"]);

  const roomId = await may.room(["ada", "bob"]);
  const { callId } = (await start(may, roomId)).call;
  expect(await record(may, callId)).toEqual([409, "call_conflict"]);
  await accept(may, callId, "bob");
  // This LiveKit server has no egress.
  expect(await record(may, callId)).toEqual([403, "recording_disabled"]);
  expect(codeOf(await may.server.post(`/v1/calls/${callId}/stop-recording`))).toBe("call_conflict");

  const say = async (egressId: string, apiSecret: string = livekitKey.apiSecret) => {
    const text = recordedText(`${may.tenantId}/${callId}`, egressId, `s3://files/${egressId}`);
    return postWebhook(deployment, text, await signatureOf(text, { ...livekitKey, apiSecret }));
  };
  expect(await say("EG_forged", "another secret, as long as that of LiveKit")).toBe(401);
  expect([await say("EG_1"), await say("EG_1")]).toEqual([204, 204]);
  await may.as("ada").post(`/v1/calls/${callId}/end`, {});
  expect(await say("EG_2")).toBe(204);
  const events = await eventually(async () => {
    const path = `/v1/rooms/${roomId}/events?after=1`;
    const { items } = (await may.server.get<{ items: DurableEvent[] }>(path)).body;
    expect(items.at(-1)?.type).toBe("call.recorded");
    return items.map((each) => ("recording" in each ? each.recording.location : each.type));
  });
  expect(events).toEqual([
    "call.ringing",
    "call.accepted",
    "s3://files/EG_1",
    "call.ended",
    "message.created",
    "s3://files/EG_2",
  ]);
  const now = await callOf(may, callId);
  expect(now).toMatchObject({ state: "ended", reason: "completed" });
  expect(now.recordings.map(({ recordingId, state }) => [recordingId, state])).toEqual([
    ["EG_1", "ended"],
    ["EG_2", "ended"],
  ]);
}, 60_000);

test("while LiveKit is away no call begins, one that rings is missed, and all else goes on", async () => {
  const tenant = await callers(deployment);
  const roomId = await tenant.room(["ada", "bob"]);
  const { call: ringing } = await start(tenant, roomId, "ada", { ringSeconds: 5 });
  const elsewhere = await tenant.room(["cem", "dee"]);
  await livekit.halt("kill");
  const refused = await tenant.as("cem").post(`/v1/rooms/${elsewhere}/calls`, { kind: "audio" });
  expect([refused.status, codeOf(refused)]).toEqual([503, "livekit_unavailable"]);
  expect(refused.body).toMatchObject({ error: { retryable: true } });
  expect(codeOf(await tenant.as("bob").post(`/v1/calls/${ringing.callId}/accept`))).toBe(
    "livekit_unavailable",
  );
  expect((await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hello?" })).status).toBe(201);
  await eventually(async () =>
    expect(await callOf(tenant, ringing.callId)).toMatchObject({ state: "ended", reason: "missed" }),
  );
  await livekit.resume();
  const again = await start(tenant, elsewhere, "cem");
  const cem = await enter(again.livekit);
  await cem.leave();
}, 60_000);
