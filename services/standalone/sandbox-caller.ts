import type { FastifyInstance } from "fastify";
import { type SandboxPageDeps, sandboxUsers } from "./sandbox-page.ts";

const roomId = "trip_1";

/** What the page needs, got as a customer's server gets it: through the API, with the sandbox's key. */
export function sandboxCaller(app: FastifyInstance, apiKey: string): SandboxPageDeps {
  const call = async (
    method: "POST" | "PUT",
    url: string,
    body: object,
  ): Promise<Record<string, unknown>> => {
    const answer = await app.inject({
      method,
      url,
      headers: { "x-api-key": apiKey },
      payload: JSON.stringify(body),
    });
    if (answer.statusCode >= 300) throw new Error(`${method} ${url} was answered with ${answer.body}`);
    return answer.json();
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
  };
}
