import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { limits } from "#shared/limits.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { type Cable, layCable } from "#test/contracts/store/cable.ts";
import { type RunningDeployment, startCluster } from "#test/deployments/deployment.ts";
import { engines } from "#test/environment/engines.ts";
import { BareClient } from "#test/scenarios/bare-client.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { Load } from "#test/scenarios/load.ts";
import { makePlace, type Place, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import type { ConnectedClient, Tenant } from "#test/scenarios/tenant.ts";

const timeoutMs = 240_000;
/** From the moment that the store answers again. */
const recoveryMsMax = 8_000;
/** What a busy machine may add to a bound. */
const slackMs = 4_000;

interface Refusal {
  readonly error: { readonly code: string; readonly retryable: boolean; readonly requestId: string };
}

let cable: Cable;
let place: Place;
let deployment: RunningDeployment;
let tenant: Tenant;
let roomId: string;
let ann: ConnectedClient;
let load: Load;

beforeAll(async () => {
  cable = await layCable(engines().cassandraContactPoints[0] ?? "");
  const plain = await makePlace("cluster");
  place = { ...plain, env: { ...plain.env, SENDSAR_CASSANDRA_CONTACT_POINTS: cable.address } };
  deployment = await startCluster(place);
  tenant = await makeTenant(deployment);
  roomId = await tenant.room(["ann", "bob"]);
  ann = await tenant.connect("ann");
  load = await Load.start([await makeTenant(deployment)], 10);
});

afterAll(async () => {
  cable.mend();
  await load?.abandon();
  await deployment?.stop();
  await removePlace(place);
  await cable.close();
});

async function timed<T>(call: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await call();
  return { ms: performance.now() - start, result };
}

/** Reads and writes over REST: each has an answer in time, which is good, or a 503 that says that a repeat may be. */
async function probe(acked: string[]): Promise<string[]> {
  const clientId = randomUUID();
  const path = `/v1/rooms/${roomId}/messages`;
  const calls = [
    () => tenant.as("ann").post<Refusal & { id?: string }>(path, { clientId, body: "probe" }),
    () => tenant.as("bob").get<Refusal>(path),
    () => tenant.as("bob").get<Refusal>("/v1/rooms"),
    () => tenant.server.put<Refusal>("/v1/users/ann", { displayName: "Ann" }),
    () => tenant.server.post<Refusal>("/v1/auth/token", { userId: "eve" }),
  ];
  const codes = await Promise.all(
    calls.map(async (call) => {
      const { ms, result } = await timed(call);
      expect(ms).toBeLessThan(limits.storeCallMsMax + limits.appliedWaitMsMax + slackMs);
      const { status, body } = result;
      if (status < 300) return String(status);
      expect([status, body.error.retryable]).toEqual([503, true]);
      expect(body.error.requestId).toMatch(/./);
      return body.error.code;
    }),
  );
  if (codes[0]?.startsWith("2")) acked.push(clientId);
  return codes;
}

async function readiness(service: string): Promise<{ status: number; reason: string }> {
  const { adminUrl } = deployment.processes.find((one) => one.service === service) ?? {};
  const response = await fetch(`${adminUrl}/readyz`);
  const { reason = "" } = (await response.json()) as { reason?: string };
  return { status: response.status, reason };
}

async function expectReadiness(status: number, reason: RegExp): Promise<void> {
  for (const service of ["ingest", "fanout", "gateway"]) {
    await eventually(async () => {
      expect(await readiness(service)).toMatchObject({ status, reason: expect.stringMatching(reason) });
    }, recoveryMsMax);
  }
}

async function historyIds(): Promise<(string | null)[]> {
  const ids: (string | null)[] = [];
  for (let cursor = ""; ; ) {
    const { status, body } = await tenant
      .as("bob")
      .get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages?limit=100${cursor}`);
    expect(status).toBe(200);
    ids.push(...body.items.map(({ clientId }) => clientId));
    const oldest = body.items.at(-1);
    if (oldest === undefined || oldest.number === 1) return ids;
    cursor = `&before=${oldest.number}`;
  }
}

const outages = [
  // Longer than the first pauses between tries to connect, so that they must have a bound.
  { title: "down", begin: () => cable.unplug(), ms: 16_000 },
  { title: "silent", begin: () => cable.cut(), ms: 6_000 },
  {
    title: "so slow that every try runs out of time",
    begin: () => cable.delay(limits.storeRequestMsMax + 500),
    ms: 6_000,
  },
];

test.for(outages)(
  "a store that is $title: refusals are typed and in time, what a socket was told is kept, and delivery resumes by itself",
  { timeout: timeoutMs },
  async ({ title, begin, ms }, { annotate }) => {
    const acked: string[] = [];
    await load.sent(100);
    const token = await tenant.token("bob");
    load.recorder.fault(`a store that is ${title}`, ms + recoveryMsMax + slackMs);
    begin();
    const since = performance.now();
    await expectReadiness(503, /the store/);

    const codes = new Set<string>();
    // The gateway follows the room of a socket, so it takes a message without the store.
    for (let n = 0; n < 20; n += 1) {
      const clientId = randomUUID();
      const answer = await ann.request({ type: "message.send", roomId, clientId, body: `${n}` });
      if (answer.type === "ok") acked.push(clientId);
      else expect(answer.error).toMatchObject({ code: "store_unavailable", retryable: true });
    }
    expect(acked.length).toBeGreaterThan(0);
    const late = await BareClient.open(tenant.url);
    const refusal = await timed(() => late.connect(token).catch(String));
    expect(refusal.result).toContain('"code":"store_unavailable"');
    expect((await late.closed).code).toBe(closeCodes.unavailable.code);
    expect(refusal.ms).toBeLessThan(limits.storeCallMsMax + slackMs);
    do {
      for (const code of await probe(acked)) codes.add(code);
    } while (performance.now() - since < ms);
    expect(codes).toContain("store_unavailable");

    cable.mend();
    const mended = performance.now();
    await expectReadiness(200, /^$/);
    await load.recovered(recoveryMsMax + slackMs);
    await annotate(
      `${title}: ${[...codes].join(", ")}; back ${Math.round(performance.now() - mended)} ms after it`,
    );
    await eventually(async () => {
      const ids = await historyIds();
      expect(ids.filter((id) => acked.includes(id ?? "")).toSorted()).toEqual(acked.toSorted());
    }, recoveryMsMax);
  },
);

test("a store that takes half a second more for each answer is slow and nothing else", {
  timeout: timeoutMs,
}, async () => {
  const acked: string[] = [];
  load.recorder.fault("a slow store", recoveryMsMax);
  cable.delay(500);
  for (let round = 0; round < 3; round += 1) {
    for (const code of await probe(acked)) expect(code).toMatch(/^20[0-2]$/);
  }
  await load.recovered(recoveryMsMax);
  cable.mend();
  await eventually(
    async () => expect(await historyIds()).toEqual(expect.arrayContaining(acked)),
    recoveryMsMax,
  );
});

test("after all of it I1 to I7 hold", { timeout: timeoutMs }, async () => {
  await load.sent(100);
  await load.judge();
  expect(deployment.processes).toHaveLength(5);
});
