import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { type Deployment, startCluster, startStandalone } from "#test/deployments/deployment.ts";
import { BareClient } from "./bare-client.ts";
import { eventually } from "./eventually.ts";
import { makePlace, type Place, removePlace } from "./place.ts";
import { presenceOf, toldOf } from "./presence.scenario.ts";
import { makeTenant } from "./stage.ts";

/** A silence is noticed by the next heartbeat of another, and a busy machine takes its time. */
const noticedMsMax = limits.inboxSilenceMsMax + limits.inboxHeartbeatMs + 20_000;
const restartMsMax = 60_000;

async function processesOf({ dataDir }: Place): Promise<Deployment["processes"]> {
  return (JSON.parse(await readFile(join(dataDir, "ready.json"), "utf8")) as Deployment).processes;
}

async function kill(place: Place, pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  const count = (await processesOf(place)).length;
  await eventually(async () => {
    const pids = (await processesOf(place)).map((one) => one.pid);
    expect(pids).toHaveLength(count);
    expect(pids).not.toContain(pid);
  }, restartMsMax);
}

test("owners that die make nobody come or go, and a gateway that dies takes its users offline, with when they were there", {
  timeout: 300_000,
}, async () => {
  const place = await makePlace("cluster");
  const cluster = await startCluster({ ...place, args: ["--gateway", "2", "--fanout", "2"] });
  try {
    const tenant = await makeTenant(cluster);
    await tenant.room(["ada", "bob", "cleo", "dan"], "group");
    const [one, other] = cluster.gateways as [string, string];
    const connect = async (gateway: string, userId: string) => {
      const client = await BareClient.open(gateway);
      await client.connect(await tenant.token(userId));
      return client;
    };
    const ada = await connect(one, "ada");
    const bob = await connect(one, "bob");
    const cleo = await connect(other, "cleo");
    const userIds = ["bob", "cleo", "dan"];
    const watched = await ada.request({ type: "presence.watch", userIds });
    expect(watched.presence).toMatchObject([{ online: true }, { online: true }, { online: false }]);

    for (const { pid, service } of await processesOf(place)) {
      if (service === "fanout") await kill(place, pid);
    }
    // Answered by the new owners, whoever they are now.
    const dan = await connect(one, "dan");
    await eventually(() => expect(toldOf(ada, "dan")).toMatchObject([{ online: true }]), restartMsMax);
    const asServer = async () => (await presenceOf(tenant.server, ...userIds)).map(({ online }) => online);
    await eventually(async () => expect(await asServer()).toEqual([true, true, true]), restartMsMax);
    expect(toldOf(ada, "bob").concat(toldOf(ada, "cleo"))).toEqual([]);

    const gateways = (await processesOf(place)).filter(({ service }) => service === "gateway");
    const killedAt = Date.now();
    process.kill(gateways[1]?.pid ?? 0, "SIGKILL");
    expect((await cleo.closed).code).toBe(1006);
    await eventually(() => expect(toldOf(ada, "cleo")).toMatchObject([{ online: false }]), noticedMsMax);
    const lastSeenAt = String(toldOf(ada, "cleo")[0]?.lastSeenAt);
    const earlyMs = killedAt - Date.parse(lastSeenAt);
    expect(earlyMs).toBeGreaterThan(-2_000);
    expect(earlyMs).toBeLessThan(2 * limits.inboxHeartbeatMs);
    expect(await presenceOf(tenant.server, "cleo")).toEqual([{ userId: "cleo", online: false, lastSeenAt }]);
    expect(toldOf(ada, "bob")).toEqual([]);
    expect(toldOf(ada, "dan")).toHaveLength(1);
    await Promise.all([ada.close(), bob.close(), dan.close()]);
  } finally {
    await cluster.stop();
    await removePlace(place);
  }
});

test.each(["kill -9", "SIGTERM"] as const)(
  "whoever was there at a %s of the standalone is offline soon after its start, with when that was",
  { timeout: 120_000 },
  async (how) => {
    const place = await makePlace("standalone");
    const first = await startStandalone(place);
    const tenant = await makeTenant(first);
    await tenant.connect("bob");
    const endedAt = Date.now();
    if (how === "SIGTERM") await first.stop();
    else await first.kill();
    const { port } = new URL(first.url);
    const second = await startStandalone({ ...place, env: { ...place.env, SENDSAR_PORT: port } });
    try {
      await eventually(async () => {
        const [bob] = await presenceOf(tenant.server, "bob");
        expect(bob).toMatchObject({ online: false, lastSeenAt: expect.any(String) });
        const earlyMs = endedAt - Date.parse(String(bob?.lastSeenAt));
        expect(earlyMs).toBeLessThan(2 * limits.inboxHeartbeatMs);
        expect(earlyMs).toBeGreaterThan(-limits.inboxHeartbeatMs);
      }, noticedMsMax);
    } finally {
      await second.stop();
      await removePlace(place);
    }
  },
);
