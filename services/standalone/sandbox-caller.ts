import type { FastifyInstance } from "fastify";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import type { Sandbox } from "./sandbox.ts";
import { type SandboxPageDeps, sandboxUsers } from "./sandbox-page.ts";

const roomId = "trip_1";

/**
 * What the page needs, got as a customer's server gets it: through the API, with the sandbox's key.
 *
 * @param withCalls turns calls on for the sandbox, as an operator does, when the page is opened for the first time.
 */
export function sandboxCaller(
  app: FastifyInstance,
  { tenantId, apiKey, adminKey }: Sandbox,
  withCalls: boolean,
): SandboxPageDeps {
  let areCallsOn = !withCalls;
  const call = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    body?: object,
    headers: Readonly<Record<string, string>> = { "x-api-key": apiKey },
  ): Promise<Record<string, unknown>> => {
    const answer = await app.inject({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    if (answer.statusCode >= 300) throw new Error(`${method} ${url} was answered with ${answer.body}`);
    return answer.statusCode === 204 ? {} : answer.json();
  };
  return {
    mintToken: async (userId, displayName) => {
      const { token } = await call("POST", "/v1/auth/token", { userId, displayName, ttlSeconds: 300 });
      return token as string;
    },
    ensureRoom: async () => {
      if (!areCallsOn) {
        const settings = { calls: true, callMessages: true };
        await call("PUT", `/admin/v1/tenants/${tenantId}`, { settings }, { "x-admin-key": adminKey });
        areCallsOn = true;
      }
      const members = sandboxUsers.map(({ userId }) => ({ userId }));
      await call("PUT", `/v1/rooms/${roomId}`, { type: "direct", members });
      return { roomId };
    },
    openEndpoint: async (endpointUrl) => {
      const path = "/v1/webhooks/endpoints";
      const { items } = (await call("GET", path)) as { items: readonly WebhookEndpoint[] };
      for (const { endpointId, url } of items) {
        if (url === endpointUrl) await call("DELETE", `${path}/${endpointId}`);
      }
      const made = await call("POST", path, { url: endpointUrl, description: "The sandbox page" });
      return made as { endpointId: string; secret: string };
    },
  };
}
