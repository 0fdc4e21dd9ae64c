import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { BareClient } from "#test/scenarios/bare-client.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { presenceOf, toldOf } from "#test/scenarios/presence.scenario.ts";
import type { Rig } from "./rig.ts";

/** A silence is noticed by the next heartbeat of another, and a busy machine takes its time. */
const noticedMsMax = limits.inboxSilenceMsMax + limits.inboxHeartbeatMs + 20_000;
const restartMsMax = 60_000;

export function presenceDeaths(rig: () => Rig): void {
  const twoGateways = async () => {
    const [one, other] = (await rig().nodes("gateway")).filter(({ state }) => state === "up");
    if (one?.url == null || other?.url == null) throw new Error("two gateways were to be up");
    return { one: { id: one.id, url: one.url }, other: { id: other.id, url: other.url } };
  };

  test("owners that die make nobody come or go, and a gateway that dies takes its users offline, with when they were there", {
    timeout: 300_000,
  }, async () => {
    const tenant = await rig().tenant();
    await tenant.room(["ada", "bob", "cleo", "dan"], "group");
    const { one, other } = await twoGateways();
    const connect = async (gateway: string, userId: string) => {
      const client = await BareClient.open(gateway);
      await client.connect(await tenant.token(userId));
      return client;
    };
    const ada = await connect(one.url, "ada");
    const bob = await connect(one.url, "bob");
    const cleo = await connect(other.url, "cleo");
    const userIds = ["bob", "cleo", "dan"];
    const watched = await ada.request({ type: "presence.watch", userIds });
    expect(watched.presence).toMatchObject([{ online: true }, { online: true }, { online: false }]);

    for (const { id } of await rig().nodes("fanout")) await rig().kill(id);
    // Answered by the new owners, whoever they are now.
    const dan = await connect(one.url, "dan");
    await eventually(() => expect(toldOf(ada, "dan")).toMatchObject([{ online: true }]), restartMsMax);
    const asServer = async () => (await presenceOf(tenant.server, ...userIds)).map(({ online }) => online);
    await eventually(async () => expect(await asServer()).toEqual([true, true, true]), restartMsMax);
    expect(toldOf(ada, "bob").concat(toldOf(ada, "cleo"))).toEqual([]);

    const killedAt = Date.now();
    await whileKilled(rig(), other.id, async () => {
      expect((await cleo.closed).code).toBe(1006);
      await eventually(() => expect(toldOf(ada, "cleo")).toMatchObject([{ online: false }]), noticedMsMax);
      const lastSeenAt = String(toldOf(ada, "cleo")[0]?.lastSeenAt);
      const earlyMs = killedAt - Date.parse(lastSeenAt);
      expect(earlyMs).toBeGreaterThan(-2_000);
      expect(earlyMs).toBeLessThan(2 * limits.inboxHeartbeatMs);
      expect(await presenceOf(tenant.server, "cleo")).toEqual([
        { userId: "cleo", online: false, lastSeenAt },
      ]);
      expect(toldOf(ada, "bob")).toEqual([]);
      expect(toldOf(ada, "dan")).toHaveLength(1);
      await Promise.all([ada.close(), bob.close(), dan.close()]);
    });
  });

  test("who types on one gateway is seen on another, and ends when its gateway is killed", {
    timeout: 180_000,
  }, async () => {
    const tenant = await rig().tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const { one, other } = await twoGateways();
    const ada = await BareClient.open(one.url);
    await ada.connect(await tenant.token("ada"));
    const bob = await BareClient.open(other.url);
    await bob.connect(await tenant.token("bob"));
    ada.sendJson({ type: "typing.start", roomId });
    await bob.next(({ type }) => type === "typing.started");
    const killedAt = performance.now();
    await whileKilled(rig(), one.id, async () => {
      expect((await ada.closed).code).toBe(1006);
      const stopped = await bob.next(({ type }) => type === "typing.stopped");
      expect(stopped).toMatchObject({ roomId, userId: "ada" });
      expect(performance.now() - killedAt).toBeLessThan(limits.typingExpiryMs + 4_000);
      await bob.close();
    });
  });
}

/** Looks at what a kill does, and leaves the node up again for others, whatever was seen. */
async function whileKilled(rig: Rig, id: string, look: () => Promise<void>): Promise<void> {
  const isUpAgain = rig.kill(id);
  try {
    await look();
  } finally {
    await isUpAgain;
  }
}
