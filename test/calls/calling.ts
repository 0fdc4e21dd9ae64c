import { type ChildProcess, fork } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AccessToken } from "livekit-server-sdk";
import { expect } from "vitest";
import type { Call, CallAnswer, LiveKitAccess } from "#shared/protocol/calls.ts";
import type { RunningDeployment } from "#test/deployments/deployment.ts";
import { Caller } from "#test/scenarios/caller.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";
import { MediaClient } from "./media-client.ts";

/** A tenant whose users may call. */
export async function callers(deployment: RunningDeployment, settings: object = {}): Promise<Tenant> {
  const tenant = await makeTenant(deployment);
  const operator = new Caller(deployment.url, { "x-admin-key": deployment.adminKey });
  await operator.put(`/admin/v1/tenants/${tenant.tenantId}`, { settings: { calls: true, ...settings } });
  return tenant;
}

export async function start(
  tenant: Tenant,
  roomId: string,
  userId = "ada",
  body: object = {},
): Promise<CallAnswer> {
  const path = `/v1/rooms/${roomId}/calls`;
  const answer = await tenant.as(userId).post<CallAnswer>(path, { kind: "audio", ...body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

export async function accept(tenant: Tenant, callId: string, userId: string): Promise<CallAnswer> {
  return (await tenant.as(userId).post<CallAnswer>(`/v1/calls/${callId}/accept`)).body;
}

export async function callOf(tenant: Tenant, callId: string): Promise<Call> {
  return (await tenant.server.get<Call>(`/v1/calls/${callId}`)).body;
}

export function enter(access: LiveKitAccess | null): Promise<MediaClient> {
  return new MediaClient().join(access as LiveKitAccess);
}

/** Ada has called bob, and both are there. */
export async function twoInCall(deployment: RunningDeployment) {
  const tenant = await callers(deployment);
  const roomId = await tenant.room(["ada", "bob"]);
  const { call, livekit } = await start(tenant, roomId);
  const { callId } = call;
  const ada = await enter(livekit);
  const bob = await enter((await accept(tenant, callId, "bob")).livekit);
  return { tenant, roomId, callId, ada, bob };
}

/** A device that speaks, and is lost when its process is killed: it says no good-bye to anybody. */
export async function enterToBeLost(access: LiveKitAccess | null): Promise<ChildProcess> {
  const env = { ...process.env, LIVEKIT_ACCESS: JSON.stringify(access) };
  const device = fork(fileURLToPath(new URL("lost-device.ts", import.meta.url)), { env });
  await Promise.race([
    once(device, "message"),
    once(device, "exit").then(() => Promise.reject(new Error("the device came to nothing"))),
  ]);
  return device;
}

export function codeOf(answer: { readonly body: unknown }): string | undefined {
  return (answer.body as { error?: { code: string } } | null)?.error?.code;
}

/** A webhook as LiveKit writes it. */
export function webhookText(
  event: string,
  room: string,
  identity: string,
  disconnectReason: "CLIENT_INITIATED" | "DUPLICATE_IDENTITY" = "CLIENT_INITIATED",
): string {
  return JSON.stringify({
    event,
    id: `EV_${randomUUID()}`,
    createdAt: String(Math.floor(Date.now() / 1_000)),
    room: { name: room },
    participant: { identity, disconnectReason },
  });
}

/** What LiveKit's egress says when a recording is over. */
export function recordedText(room: string, egressId: string, location: string): string {
  const fileResults = [{ filename: "file.mp4", location }];
  const egressInfo = { egressId, roomName: room, status: "EGRESS_COMPLETE", fileResults };
  return JSON.stringify({ event: "egress_ended", id: `EV_${randomUUID()}`, egressInfo });
}

export async function signatureOf(
  text: string,
  { apiKey, apiSecret }: { readonly apiKey: string; readonly apiSecret: string },
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { ttl: 60 });
  token.sha256 = createHash("sha256").update(text).digest("base64");
  return await token.toJwt();
}

/** @returns the status of the answer. */
export async function postWebhook(
  { url }: RunningDeployment,
  body: string,
  signature?: string,
): Promise<number> {
  const type = { "content-type": "application/webhook+json" };
  const headers = signature === undefined ? type : { ...type, authorization: signature };
  return (await fetch(`${url}/v1/livekit/webhook`, { method: "POST", headers, body })).status;
}
