import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyWebhook } from "#sdk/node/src/webhooks.ts";
import { startCluster } from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { makePlace, type Place } from "#test/scenarios/place.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";
import { Rig } from "./rig.ts";

/** `FAULT_MESSAGES=10000` for the whole of it, which takes minutes. */
const messages = Number(process.env.FAULT_MESSAGES ?? 250);
const perSecond = Number(process.env.FAULT_PER_SECOND ?? 40);
const killEveryMs = 4_000;
const killsMin = 2;
const senders = 8;
/** An ordered room stands still for each failure, so that many messages need many rooms. */
const roomsEach = Math.max(5, Math.ceil(messages / 200));
/** After the last message and the last kill. */
const allThereMsMax = 60_000 + messages * 20;
const triesMax = 80;

let place: Place | null = null;
let rig: Rig | null = null;
beforeAll(async () => {
  place = await makePlace("cluster");
  const env = {
    ...place.env,
    SENDSAR_LOG_LEVEL: "warn",
    SENDSAR_RATE_USER_SENDS: "1000000",
    SENDSAR_RATE_TENANT_REQUESTS: "1000000",
    SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8",
    SENDSAR_WEBHOOK_SCHEDULE: Array(triesMax).fill("0.2").join(","),
  };
  rig = new Rig(place, await startCluster({ ...place, env, args: ["--webhooks", "2"] }));
});
afterAll(async () => {
  await rig?.stop();
  await rig?.remove();
});

const kinds = {
  ordered: { ordered: true },
  batches: { ordered: true, batch: { maxEvents: 10, maxWaitMs: 200 } },
  plain: {},
} as const;

/** What one endpoint of a customer was sent. */
interface Inbound {
  readonly tenantId: string;
  secret: string;
  /** By event, all that it came under: its id, and the call's. */
  readonly ids: Map<string, Set<string>>;
  readonly taken: Set<string>;
  /** By room, the order in which its events were first taken. */
  readonly order: Map<string, number[]>;
  /** Tries of an event before the one before it in its room was taken. */
  readonly early: string[];
  foreign: number;
  calls: number;
  takenAgain: number;
}

interface Entry {
  readonly id: string;
  readonly event: { readonly tenantId: string; readonly roomId: string; readonly number: number };
}

function note(of: Inbound, callId: string, entries: readonly Entry[], isTaken: boolean): void {
  of.calls += 1;
  /** Within this call. */
  const newest = new Map<string, number>();
  for (const { id, event } of entries) {
    const { tenantId, roomId, number } = event;
    if (tenantId !== of.tenantId) of.foreign += 1;
    const key = `${roomId}/${number}`;
    of.ids.set(key, (of.ids.get(key) ?? new Set()).add(`${id} ${callId}`));
    const order = of.order.get(roomId) ?? [];
    if (Math.max(order.at(-1) ?? 0, newest.get(roomId) ?? 0) + 1 < number) of.early.push(key);
    newest.set(roomId, number);
    if (!isTaken) continue;
    if (of.taken.has(key)) of.takenAgain += 1;
    else of.order.set(roomId, [...order, number]);
    of.taken.add(key);
  }
}

async function startReceiver() {
  const inbound = new Map<string, Inbound>();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const of = inbound.get(request.url ?? "");
    if (of === undefined) return response.writeHead(404).end();
    const headers = request.headers as Record<string, string>;
    new Webhook(of.secret).verify(text, headers);
    const { events } = verifyWebhook({ body: text, headers: request.headers, secrets: of.secret });
    const isTaken = Math.random() < 0.5;
    note(of, headers["webhook-id"] ?? "", events as readonly Entry[], isTaken);
    return response.writeHead(isTaken ? 200 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    inbound,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function hook(
  tenant: Tenant,
  { url, inbound }: Awaited<ReturnType<typeof startReceiver>>,
  kind: keyof typeof kinds,
): Promise<Inbound> {
  const path = `/${tenant.tenantId}/${kind}`;
  const of: Inbound = {
    tenantId: tenant.tenantId,
    secret: "",
    ids: new Map(),
    taken: new Set(),
    order: new Map(),
    early: [],
    foreign: 0,
    calls: 0,
    takenAgain: 0,
  };
  inbound.set(path, of);
  const settings = { url: `${url}${path}`, events: ["message.created"], ...kinds[kind] };
  const made = await tenant.server.post<{ secret: string }>("/v1/webhooks/endpoints", settings);
  expect(made.status, made.text).toBe(201);
  of.secret = made.body.secret;
  return of;
}

test(`${messages} messages reach endpoints that fail half of the time, each under one id, in order where that was asked for, while webhooks nodes are killed`, {
  timeout: 180_000 + messages * 100,
}, async ({ annotate }) => {
  if (rig === null) return;
  const cluster = rig;
  const receiver = await startReceiver();
  try {
    const tenants = [await cluster.tenant(), await cluster.tenant()];
    const endpoints = await Promise.all(
      tenants.flatMap((tenant) =>
        (["ordered", "batches", "plain"] as const).map((kind) => hook(tenant, receiver, kind)),
      ),
    );
    const rooms = await Promise.all(
      tenants.map((tenant) =>
        Promise.all(Array.from({ length: roomsEach }, () => tenant.room(["ada", "bob"]))),
      ),
    );
    let sending = true;
    const killing = (async () => {
      for (let kills = 0; ; kills++) {
        await sleep(killEveryMs);
        // Where a node takes its time to come back, each has its turn all the same.
        if (!sending && kills >= killsMin) return kills;
        await cluster.kill(`webhooks-${1 + (kills % 2)}`);
      }
    })();
    const beganMs = performance.now();
    const left = Array.from({ length: messages }).keys();
    const sender = async () => {
      for (const n of left) {
        const dueMs = beganMs + (n * 1_000) / perSecond;
        if (dueMs > performance.now()) await sleep(dueMs - performance.now());
        const at = n % tenants.length;
        const room = rooms[at]?.[Math.floor(n / tenants.length) % roomsEach];
        await send(tenants[at] as Tenant, room ?? "", `m-${n}`);
      }
    };
    await Promise.all(Array.from({ length: senders }, sender));
    sending = false;
    const kills = await killing;
    const each = messages / tenants.length;
    await eventually(
      () => expect(endpoints.map(({ taken }) => taken.size)).toEqual(endpoints.map(() => each)),
      allThereMsMax,
    );
    const tookMs = Math.round(performance.now() - beganMs);
    const calls = endpoints.reduce((sum, of) => sum + of.calls, 0);
    const again = endpoints.reduce((sum, of) => sum + of.takenAgain, 0);
    await annotate(
      `${kills} kills, ${calls} calls, ${again} of them taken before, all there after ${tookMs} ms`,
    );

    for (const [index, { ids, order, early, foreign }] of endpoints.entries()) {
      expect(foreign).toBe(0);
      for (const [event, under] of ids) expect([event, ...under]).toHaveLength(2);
      if (index % 3 === 2) continue;
      expect(early).toEqual([]);
      for (const numbers of order.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    // An event is the same event at all endpoints of its customer, and alone it goes under its own id.
    for (const first of [0, 3]) {
      const [ordered, batches, plain] = endpoints.slice(first, first + 3).map(({ ids }) => ids);
      for (const [event, under] of ordered ?? []) {
        expect(plain?.get(event)).toEqual(under);
        const [id] = [...under].join().split(" ");
        expect([...under]).toEqual([`${id} ${id}`]);
        expect([...(batches?.get(event) ?? [])].join()).toMatch(`${id} bat_`);
      }
    }
  } finally {
    receiver.close();
  }
});

/** Until it is there: a repeat of the `clientId` is the original. */
async function send(tenant: Tenant, roomId: string, clientId: string): Promise<void> {
  const path = `/v1/rooms/${roomId}/messages`;
  for (;;) {
    const { status, text } = await tenant.as("ada").post(path, { clientId, body: clientId });
    if ([200, 201, 202].includes(status)) return;
    expect(status, text).toBe(503);
    await sleep(200);
  }
}
