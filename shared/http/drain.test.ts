import { Agent, request } from "node:http";
import { expect, test } from "vitest";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import { silentLogger } from "#shared/service/logger.ts";
import { createHttpServer } from "./server.ts";

function get(
  url: string,
  agent: Agent,
): Promise<{ status: number; connection: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      const { statusCode: status = 0, headers } = response;
      response.on("end", () => resolve({ status, connection: headers.connection, body }));
    })
      .on("error", reject)
      .end();
  });
}

test("a drain lets requests under way finish, refuses new ones with a retry, and then ends", async () => {
  const { promise: release, resolve: finish } = Promise.withResolvers<void>();
  const { promise: began, resolve: begin } = Promise.withResolvers<void>();
  const server = createHttpServer({
    logger: silentLogger,
    observer: { answered: () => {} },
    host: "127.0.0.1",
    port: 0,
  });
  registerOperation(server.app, operations.getJwks, {
    authenticate: () => Promise.reject(new Error("not asked")),
    handle: async () => {
      begin();
      await release;
      return answer(200, { keys: [] });
    },
  });
  await server.service.start();
  await server.service.ready();
  const agent = new Agent({ keepAlive: true });
  const url = `${server.url()}/.well-known/jwks.json`;
  const slow = get(url, agent);
  await began;

  let drained = false;
  const drain = server.service.drain().then(() => {
    drained = true;
  });
  await expect(server.service.ready()).rejects.toThrow("draining");
  const refused = await get(url, agent);
  expect(refused).toMatchObject({ status: 503, connection: "close" });
  expect(JSON.parse(refused.body)).toMatchObject({ error: { code: "draining", retryable: true } });
  expect(drained).toBe(false);

  finish();
  expect((await slow).status).toBe(200);
  await drain;
  await server.service.stop();
  await expect(get(url, new Agent())).rejects.toThrow(/ECONNREFUSED/);
});

test("a drain with nothing under way ends at once, and a stop may follow without a start", async () => {
  const make = () =>
    createHttpServer({ logger: silentLogger, observer: { answered: () => {} }, host: "127.0.0.1", port: 0 });
  const started = make();
  await started.service.start();
  await started.service.drain();
  await started.service.stop();
  await make().service.stop();
});
