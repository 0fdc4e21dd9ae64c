import type { Call } from "#shared/protocol/calls.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

/** Lets the users of a tenant call, as the operator does. Each node hears of it within a second. */
export async function turnCallsOn(stage: Stage, tenant: Tenant, settings: object = {}): Promise<void> {
  await stage
    .operator()
    .put(`/admin/v1/tenants/${tenant.tenantId}`, { settings: { calls: true, ...settings } });
}

/** A call that olga has begun and given up in a room where she is. */
export async function endedCall(stage: Stage, tenant: Tenant, roomId: string): Promise<Call> {
  await turnCallsOn(stage, tenant);
  const olga = tenant.as("olga");
  const started = await eventually(async () => {
    const { status, body } = await olga.post<{ call: Call }>(`/v1/rooms/${roomId}/calls`, { kind: "audio" });
    if (status !== 201) throw new Error(`no call: ${JSON.stringify(body)}`);
    return body.call;
  });
  return (await olga.post<Call>(`/v1/calls/${encodeURIComponent(started.callId)}/cancel`)).body;
}
