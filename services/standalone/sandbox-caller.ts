import type { FastifyInstance } from "fastify";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import type { Sandbox } from "./sandbox.ts";
import { type SandboxPageDeps, sandboxUsers } from "./sandbox-page.ts";

const roomId = "trip_1";

/**
 * What the page needs, got as a customer's server gets it: through the API, with the sandbox's key.
 */
export function sandboxCaller(app: FastifyInstance, { apiKey }: Sandbox): SandboxPageDeps {
  const call = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    body?: object,
  ): Promise<Record<string, unknown>> => {
    const answer = await app.inject({
      method,
      url,
      headers: { "x-api-key": apiKey },
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
