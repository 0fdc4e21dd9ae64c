import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import { Tenant } from "#test/scenarios/tenant.ts";
import { preloaded } from "./preloaded.ts";

const messages = 120;
const kills = 3;

test("an endpoint that fails half of the time gets every event under one id, and again at most what was under way when the node was killed", {
  timeout: 300_000,
}, async () => {
  const dataDir = await makeDataDir();
  const got = new Map<string, Set<string>>();
  const order = new Map<string, number[]>();
  let takenAgain = 0;
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { roomId, seq, tenantId } = JSON.parse(text) as { roomId: string; seq: number; tenantId: string };
    const ok = Math.random() < 0.5;
    if (ok) {
      const id = String(request.headers["webhook-id"]);
      const key = `${tenantId}/${roomId}/${seq}`;
      got.set(key, (got.get(key) ?? new Set()).add(id));
      const seen = order.get(roomId) ?? [];
      order.set(roomId, seen);
      if (seen.includes(seq)) takenAgain += 1;
      else seen.push(seq);
    }
    response.writeHead(ok ? 200 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = {
    SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8",
    SENDSAR_WEBHOOK_SCHEDULE: Array(40).fill("0.2").join(","),
  };
  let running: RunningDeployment = await startStandalone({ dataDir, env, readyWithinMs: 60_000 });
  try {
    const made = await makeTenant(running);
    const endpoint = { url, ordered: true, events: ["message.created"] };
    expect((await made.server.post("/v1/webhooks/endpoints", endpoint)).status).toBe(201);
    const rooms = [await made.room(["ada", "bob"]), await made.room(["ada", "bob"])];
    const current = () =>
      new Tenant({ url: running.url, tenantId: made.tenantId, apiKey: made.apiKey, secret: () => {} });
    const sending = (async () => {
      for (let n = 0; n < messages; n++) {
        const clientId = `m-${n}`;
        await eventually(async () => {
          const { status } = await current()
            .as("ada")
            .post(`/v1/rooms/${rooms[n % 2]}/messages`, { clientId, body: clientId });
          expect([200, 201, 202]).toContain(status);
        }, 30_000);
        await sleep(10);
      }
    })();
    for (let kill = 0; kill < kills; kill++) {
      await sleep(1_000);
      await running.kill();
      running = await startStandalone({ dataDir, env, readyWithinMs: 60_000 });
    }
    await sending;
    await eventually(() => expect(got.size).toBe(messages), 60_000);
    for (const ids of got.values()) expect(ids.size).toBe(1);
    // Of an ordered endpoint one for each room.
    expect(takenAgain).toBeLessThanOrEqual(kills * rooms.length);
    for (const [, seqs] of order) expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  } finally {
    await running.stop();
    server.closeAllConnections();
    server.close();
    await removeDataDir(dataDir);
  }
});

test("a retry that is due in days is made by a service that is started anew then, under the same id", {
  timeout: 120_000,
}, async () => {
  const dataDir = await makeDataDir();
  const ids: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    ids.push(`${request.headers["webhook-id"]} ${request.headers["webhook-attempt"]}`);
    response.writeHead(ids.length === 1 ? 500 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const dayMs = 86_400_000;
  const now = {
    SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8",
    SENDSAR_WEBHOOK_SCHEDULE: `0,${(3 * dayMs) / 1_000}`,
    SENDSAR_NODE_ID: "standalone",
  };
  const later = (ms: number) => ({
    ...now,
    ...preloaded("shifted-clock", { TEST_CLOCK_SHIFTS: JSON.stringify({ standalone: ms }) }),
  });
  const start = (env: Record<string, string>) => startStandalone({ dataDir, env, readyWithinMs: 60_000 });
  let running: RunningDeployment = await start(now);
  try {
    const tenant = await makeTenant(running);
    const endpoint = { url, events: ["message.created"] };
    expect((await tenant.server.post("/v1/webhooks/endpoints", endpoint)).status).toBe(201);
    const roomId = await tenant.room(["ada", "bob"]);
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hello" });
    type Page = { items: { status: string }[] };
    await eventually(async () => {
      const { body } = await tenant.server.get<Page>("/v1/webhooks/deliveries");
      expect(body.items).toMatchObject([{ status: "failed" }]);
    });
    await running.kill();
    running = await start(later(2 * dayMs));
    await running.kill();
    expect(ids).toHaveLength(1);
    // A tenth more, for the jitter.
    running = await start(later(3.4 * dayMs));
    await eventually(() => expect(ids).toHaveLength(2), 20_000);
    const [id] = ids[0]?.split(" ") ?? [];
    expect(ids).toEqual([`${id} 1`, `${id} 2`]);
  } finally {
    await running.stop();
    server.closeAllConnections();
    server.close();
    await removeDataDir(dataDir);
  }
});

test("who has not read is told of once, although the node is killed before it is time", {
  timeout: 120_000,
}, async () => {
  const dataDir = await makeDataDir();
  // By id: what was under way when the node was killed is sent once more, under the same.
  const told = new Map<string, string>();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { userId } = JSON.parse(text) as { userId: string };
    told.set(String(request.headers["webhook-id"]), userId);
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = { SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8" };
  let running: RunningDeployment = await startStandalone({ dataDir, env, readyWithinMs: 60_000 });
  try {
    const made = await makeTenant(running);
    const { tenantId, apiKey } = made;
    const endpoint = { url, events: ["message.unread"], unreadAfterSeconds: 5 };
    expect((await made.server.post("/v1/webhooks/endpoints", endpoint)).status).toBe(201);
    const roomId = await made.room(["ada", "bob"]);
    const sent = await made.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hello" });
    expect(sent.status).toBe(201);
    await sleep(500);
    await running.kill();
    expect(told.size).toBe(0);
    running = await startStandalone({ dataDir, env, readyWithinMs: 60_000 });
    await eventually(() => expect(told.size).toBe(1), 20_000);
    // A look of a further message finds that it was told.
    await running.kill();
    running = await startStandalone({ dataDir, env, readyWithinMs: 60_000 });
    const again = new Tenant({ url: running.url, tenantId, apiKey, secret: () => {} });
    await again.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hello?" });
    await sleep(6_500);
    expect([...told.values()]).toEqual(["bob"]);
  } finally {
    await running.stop();
    server.closeAllConnections();
    server.close();
    await removeDataDir(dataDir);
  }
});
