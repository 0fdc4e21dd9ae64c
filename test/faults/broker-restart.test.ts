import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "#infra/engines/command.ts";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { startKafkaContainer } from "#infra/engines/kafka.ts";
import { limits } from "#shared/limits.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { type RunningDeployment, startCluster } from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { Load } from "#test/scenarios/load.ts";
import { makePlace, type Place, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import type { ConnectedClient, Tenant } from "#test/scenarios/tenant.ts";

const timeoutMs = 240_000;
/** A broker's start, and what clients of Kafka take to find it. */
const recoveryMsMax = 60_000;
/** Longer than an append waits: those on their way are told that their outcome is unknown. */
const silentMs = limits.appendWaitMsMax + 3_000;
const slackMs = 4_000;

interface Refusal {
  readonly error: { readonly code: string; readonly retryable: boolean; readonly requestId: string };
}

let kafka: EngineContainer;
let place: Place;
let deployment: RunningDeployment;
let tenant: Tenant;
let roomId: string;
let ann: ConnectedClient;
let load: Load;

beforeAll(async () => {
  kafka = await startKafkaContainer();
  const plain = await makePlace("cluster");
  place = { ...plain, env: { ...plain.env, SENDSAR_KAFKA_BROKERS: kafka.addresses.join(",") } };
  deployment = await startCluster(place);
  tenant = await makeTenant(deployment);
  roomId = await tenant.room(["ann", "bob"]);
  ann = await tenant.connect("ann");
  load = await Load.start([await makeTenant(deployment)], 10);
});

afterAll(async () => {
  await load?.abandon();
  await deployment?.stop();
  await removePlace(place);
  await kafka.stop();
});

/** Sends under one id until it is taken, as one must, over REST or the socket in turn; tells how often it was refused. */
async function insist(clientId: string, over: "rest" | "socket"): Promise<string[]> {
  const refusals: string[] = [];
  const until = performance.now() + recoveryMsMax + silentMs;
  while (performance.now() < until) {
    const since = performance.now();
    const error = over === "rest" ? await sendOverRest(clientId) : await sendOverSocket(clientId);
    expect(performance.now() - since).toBeLessThan(
      limits.intentCallMsMax + limits.appliedWaitMsMax + slackMs,
    );
    if (error === null) return refusals;
    expect(error).toMatchObject({ retryable: true, requestId: expect.stringMatching(/./) });
    refusals.push(error.code);
  }
  throw new Error(`${clientId} was never taken: ${refusals.join(", ")}`);
}

async function sendOverRest(clientId: string): Promise<Refusal["error"] | null> {
  const path = `/v1/rooms/${roomId}/messages`;
  const { status, body } = await tenant.as("bob").post<Refusal>(path, { clientId, body: "insisted" });
  if (status >= 200 && status < 300) return null;
  expect(status).toBe(503);
  return body.error;
}

async function sendOverSocket(clientId: string): Promise<Refusal["error"] | null> {
  const answer = await ann.request({ type: "message.send", roomId, clientId, body: "insisted" });
  return answer.type === "ok" ? null : (answer.error as unknown as Refusal["error"]);
}

async function expectReadiness(status: number, reason: RegExp): Promise<void> {
  for (const { service, adminUrl } of deployment.processes) {
    await eventually(async () => {
      const response = await fetch(`${adminUrl}/readyz`);
      const body = (await response.json()) as { reason?: string };
      expect([service, response.status]).toEqual([service, status]);
      expect(body.reason ?? "").toMatch(reason);
    }, recoveryMsMax);
  }
}

const docker = (...args: string[]) => runCommand("docker", args, { deadlineMs: 20_000 });

const faults = [
  {
    title: "killed, and started again",
    begin: () => kafka.halt("kill"),
    ms: 5_000,
    end: () => kafka.resume(),
  },
  {
    // What it had received is stored when it goes on, long after the senders were told that nobody knows.
    title: "silent for longer than anybody waits, with produces on their way",
    begin: () => docker("pause", kafka.containerId),
    ms: silentMs,
    end: () => docker("unpause", kafka.containerId),
  },
];

test.for(faults)(
  "a broker that is $title: nothing that was acked is lost, no message comes about twice, and all are back by themselves",
  { timeout: timeoutMs },
  async ({ title, begin, ms, end }, { annotate }) => {
    await load.sent(100);
    const processes = deployment.processes.map(({ pid }) => pid);
    load.recorder.fault(`a broker that is ${title}`, ms + recoveryMsMax);
    const ids: string[] = Array.from({ length: 12 }, () => randomUUID());
    const insisting = ids.map(async (clientId, n) => {
      // Some are on their way when it goes, and some come while it is away.
      await pause(n * 100);
      return await insist(clientId, n % 2 === 0 ? "rest" : "socket");
    });
    const refusals = Promise.all(insisting);
    refusals.catch(() => undefined);
    await pause(300);
    await begin();
    const since = performance.now();
    await expectReadiness(503, /the log/);
    await pause(Math.max(0, ms - (performance.now() - since)));
    await end();
    const ended = performance.now();
    await expectReadiness(200, /^$/);
    await load.recovered(recoveryMsMax);
    const back = Math.round(performance.now() - ended);

    const codes = (await refusals).flat();
    expect(codes.length).toBeGreaterThan(0);
    // An ingest node that waits for the log gives gateways no answer either.
    for (const code of codes) expect(code).toMatch(/^(log|service)_unavailable$/);
    await eventually(async () => {
      const path = `/v1/rooms/${roomId}/messages?limit=100`;
      const { body } = await tenant.as("ann").get<{ items: Message[] }>(path);
      const kept = body.items.map(({ clientId }) => clientId ?? "");
      expect(kept.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
    });
    for (const pid of processes) expect(() => process.kill(pid, 0)).not.toThrow();
    await annotate(`${codes.length} refusals; back at work ${back} ms after it was`);
  },
);

test("after all of it I1 to I7 hold", { timeout: timeoutMs }, async () => {
  await load.sent(100);
  await load.judge();
});
