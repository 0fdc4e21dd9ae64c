import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { startStandalone } from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { Load } from "#test/scenarios/load.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import { makeSmallDisk } from "./small-disk.ts";

const fullMs = 5_000;
const recoveryMsMax = 20_000;

interface Refusal {
  readonly error: { readonly code: string; readonly retryable: boolean; readonly requestId: string };
}

test("a full disk stops the acks and nothing else; what was acked stays, and when there is room again it goes on by itself", {
  timeout: 180_000,
}, async ({ annotate }) => {
  const disk = await makeSmallDisk();
  const env = { SENDSAR_RATE_USER_SENDS: "1000000", SENDSAR_RATE_CONNECTION_FRAMES: "1000000" };
  const deployment = await startStandalone({ dataDir: disk.directory, env });
  const pid = deployment.process.pid ?? 0;
  const admin = deployment.processes[0]?.adminUrl;
  const tenant = await makeTenant(deployment);
  const roomId = await tenant.room(["ann", "bob"]);
  const ann = await tenant.connect("ann");
  const path = `/v1/rooms/${roomId}/messages`;
  const load = await Load.start([await makeTenant(deployment)], 10);

  const acked: string[] = [];
  const refused: string[] = [];
  /** One message by REST and one by socket: each is acked, or refused in the words of the contract. */
  async function probe(): Promise<void> {
    const [overRest, overSocket] = [randomUUID(), randomUUID()];
    const { status, body } = await tenant.as("ann").post<Refusal>(path, { clientId: overRest, body: "rest" });
    if (status === 201) acked.push(overRest);
    else if (status !== 202) {
      expect([status, body.error.retryable]).toEqual([503, true]);
      expect(body.error.requestId).toMatch(/./);
      refused.push(body.error.code);
    }
    const frame = { type: "message.send", roomId, clientId: overSocket, body: "socket" };
    const answer = await ann.request(frame);
    if (answer.type === "ok") acked.push(overSocket);
    else {
      expect(answer.error).toMatchObject({ retryable: true });
      refused.push(answer.error?.code ?? "");
    }
  }

  try {
    await load.sent(200);
    await probe();
    expect(refused).toEqual([]);
    load.recorder.fault("the disk is full", fullMs + 2 * recoveryMsMax);
    await disk.fill(pid);
    await eventually(async () => {
      await probe();
      expect(refused.length).toBeGreaterThanOrEqual(2);
    });
    const before = acked.length;
    const since = performance.now();
    let reads = 0;
    while (performance.now() - since < fullMs) {
      await probe();
      const { status, body } = await tenant.as("bob").get<{ items: Message[] }>(path);
      expect(status).toBe(200);
      expect(body.items.length).toBeGreaterThan(0);
      reads += 1;
    }
    expect(acked.length).toBe(before);
    expect(new Set(refused)).toEqual(new Set(["log_unavailable"]));
    expect((await ann.request({ type: "history", roomId })).type).toBe("ok");
    const profile = await tenant.server.put<Refusal>("/v1/users/ann", { displayName: "Ann" });
    expect([profile.status, profile.body.error.code]).toEqual([503, "log_unavailable"]);
    expect((await fetch(`${admin}/livez`)).status).toBe(200);
    await annotate(`${refused.length} sends were refused and ${reads} reads answered while it was full`);

    await disk.empty(pid);
    const emptied = performance.now();
    await load.recovered(recoveryMsMax);
    await annotate(`back at work ${Math.round(performance.now() - emptied)} ms after there was room`);
    await load.sent(200);
    await probe();
    expect(acked.length).toBe(before + 2);
    await load.judge();

    const history = await tenant.as("bob").get<{ items: Message[] }>(`${path}?limit=100`);
    const kept = history.body.items.map(({ clientId }) => clientId);
    expect(kept.filter((clientId) => acked.includes(clientId ?? "")).toSorted()).toEqual(acked.toSorted());
    expect(deployment.process.exitCode).toBeNull();
    expect(await deployment.stop()).toBe(0);
    const database = openDatabase(join(disk.directory, "sendsar.db"));
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  } finally {
    await load.abandon();
    await deployment.kill();
    await disk.remove();
  }
});
