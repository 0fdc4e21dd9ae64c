import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Presence } from "#shared/protocol/resources.ts";
import type { BareClient, Frame } from "./bare-client.ts";
import type { Caller } from "./caller.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

/** The grace, and what a busy machine adds. */
const goneMsMax = limits.interestGraceMs + 10_000;
const never = { online: false, lastSeenAt: null };

export async function presenceOf(caller: Caller, ...userIds: string[]): Promise<Presence[]> {
  const path = `/v1/presence?userIds=${userIds.join(",")}`;
  const { body, status, text } = await caller.get<{ items: Presence[] }>(path);
  if (status !== 200) throw new Error(`no presence: ${text}`);
  return body.items;
}

/** What a client was told of a user, as it came. */
export function toldOf(client: BareClient, userId: string): Frame[] {
  return client.frames.filter((frame) => frame.type === "presence.changed" && frame.userId === userId);
}

const hears = (client: BareClient, userId: string, online: boolean): Promise<Frame> =>
  eventually(() => {
    const last = toldOf(client, userId).at(-1);
    expect(last?.online).toBe(online);
    return last as Frame;
  }, goneMsMax);

const watch = (client: BareClient, ...userIds: string[]) =>
  client.request({ type: "presence.watch", userIds });

export function presence(stage: Stage): void {
  test("a watcher is told how users stand, when they come, and when their last socket has gone", async () => {
    const tenant = await stage.tenant();
    await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    const [phone, tablet] = [await tenant.connect("bob"), await tenant.connect("bob")];
    expect(await watch(ada, "bob", "ada")).toMatchObject({
      type: "ok",
      presence: [
        { userId: "bob", online: true, lastSeenAt: null },
        { userId: "ada", online: true, lastSeenAt: null },
      ],
    });
    await phone.close();
    const leftAt = Date.now();
    await tablet.close();
    const left = await hears(ada, "bob", false);
    const { tenantId } = tenant;
    expect(left).toEqual({
      type: "presence.changed",
      tenantId,
      userId: "bob",
      online: false,
      lastSeenAt: expect.any(String),
      at: expect.any(String),
    });
    // When the socket went, not when its grace was over.
    expect(Math.abs(Date.parse(String(left.lastSeenAt)) - leftAt)).toBeLessThan(limits.interestGraceMs / 2);
    expect(await presenceOf(tenant.server, "bob")).toEqual([
      { userId: "bob", online: false, lastSeenAt: left.lastSeenAt },
    ]);
    const back = await tenant.connect("bob");
    await hears(ada, "bob", true);
    expect(toldOf(ada, "bob").map(({ online }) => online)).toEqual([false, true]);
    await Promise.all([ada.close(), back.close()]);
  });

  test("one who comes right back has not gone", async () => {
    const tenant = await stage.tenant();
    await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    const bob = await tenant.connect("bob");
    await watch(ada, "bob");
    await bob.terminate();
    const back = await tenant.connect("bob");
    expect(await presenceOf(tenant.server, "bob")).toMatchObject([{ online: true }]);
    await back.close();
    await hears(ada, "bob", false);
    expect(toldOf(ada, "bob")).toHaveLength(1);
    await ada.close();
  });

  test("over REST a server asks of any user of its tenant, in order, and a user of those it shares a room with", async () => {
    const tenant = await stage.tenant();
    await tenant.room(["ada", "bob"]);
    await tenant.room(["cleo", "dan"]);
    const [bob, cleo] = [await tenant.connect("bob"), await tenant.connect("cleo")];
    const asked = ["nobody", "cleo", "bob", "bob", "ada"];
    const online = (userId: string) => ({ userId, online: true, lastSeenAt: null });
    const away = (userId: string) => ({ userId, ...never });
    const all = [away("nobody"), online("cleo"), online("bob"), away("ada")];
    expect(await presenceOf(tenant.server, ...asked)).toEqual(all);
    const adas = [away("nobody"), away("cleo"), online("bob"), away("ada")];
    expect(await presenceOf(await tenant.client("ada"), ...asked)).toEqual(adas);
    expect(await presenceOf(tenant.as("ada"), ...asked)).toEqual(adas);
    const other = await stage.tenant();
    expect(await presenceOf(other.server, "bob")).toEqual([away("bob")]);
    await Promise.all([bob.close(), cleo.close()]);
  });

  test("whom a session may see follows its rooms", async () => {
    const tenant = await stage.tenant();
    const ada = await tenant.connect("ada");
    const [bob, cleo] = [await tenant.connect("bob"), await tenant.connect("cleo")];
    expect((await watch(ada, "bob", "cleo")).presence).toEqual([
      { userId: "bob", ...never },
      { userId: "cleo", ...never },
    ]);
    const [direct, group] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "dan"], "group")];
    await hears(ada, "bob", true);
    await tenant.server.put(`/v1/rooms/${group}/members/cleo`, {});
    await hears(ada, "cleo", true);
    await tenant.server.delete(`/v1/rooms/${group}/members/cleo`);
    expect(await hears(ada, "cleo", false)).toMatchObject({ lastSeenAt: null });
    await tenant.server.patch(`/v1/rooms/${direct}`, { state: "closed" });
    expect(await hears(ada, "bob", false)).toMatchObject({ lastSeenAt: null });
    await tenant.server.patch(`/v1/rooms/${direct}`, { state: "open" });
    await hears(ada, "bob", true);
    await Promise.all([ada.close(), bob.close(), cleo.close()]);
  });

  test("a new list takes the place of the one before, and an empty one ends it", async () => {
    const tenant = await stage.tenant();
    await tenant.room(["ada", "bob", "cleo"], "group");
    const ada = await tenant.connect("ada");
    expect((await watch(ada, "bob")).presence).toEqual([{ userId: "bob", ...never }]);
    expect((await watch(ada, "cleo", "cleo")).presence).toHaveLength(2);
    const bob = await tenant.connect("bob");
    const cleo = await tenant.connect("cleo");
    await hears(ada, "cleo", true);
    expect((await watch(ada)).presence).toEqual([]);
    await cleo.close();
    const watching = await tenant.connect("ada");
    await watch(watching, "cleo");
    await hears(watching, "cleo", false);
    await ada.settled();
    expect(toldOf(ada, "cleo").map(({ online }) => online)).toEqual([true]);
    expect(toldOf(ada, "bob")).toEqual([]);
    await Promise.all([ada.close(), bob.close(), watching.close()]);
  });

  test("a user of the same name elsewhere is somebody else", async () => {
    const [tenant, other] = [await stage.tenant(), await stage.tenant()];
    const members = [{ userId: "ada" }, { userId: "bob" }];
    for (const one of [tenant, other]) await one.server.put("/v1/rooms/same", { type: "direct", members });
    const clients = [await tenant.connect("ada"), await other.connect("ada")];
    for (const client of clients) expect((await watch(client, "bob")).presence).toMatchObject([never]);
    const bob = await tenant.connect("bob");
    await hears(clients[0] as BareClient, "bob", true);
    expect(await presenceOf(other.server, "bob")).toMatchObject([never]);
    expect(await presenceOf(tenant.server, "bob")).toMatchObject([{ online: true }]);
    await clients[1]?.settled();
    expect(toldOf(clients[1] as BareClient, "bob")).toEqual([]);
    await Promise.all([bob.close(), ...clients.map((client) => client.close())]);
  });

  test("the client library types, and knows who is there", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const [ada, bob] = [tenant.sdk("ada"), tenant.sdk("bob")];
    const heard: string[] = [];
    for (const type of ["typing.started", "typing.stopped", "presence.changed"] as const) {
      ada.client.on(type, ({ userId, ...event }) => {
        heard.push(`${userId} ${"online" in event ? event.online : event.type}`);
      });
    }
    await ada.connect();
    expect(await ada.client.watchPresence(["bob"])).toEqual([{ userId: "bob", ...never }]);
    await bob.connect();
    await eventually(() => expect(heard).toEqual(["bob true"]));
    expect(ada.client.presence.get("bob")?.online).toBe(true);
    for (let key = 0; key < 5; key++) bob.client.typing.start(roomId);
    await eventually(() => expect(heard.slice(1)).toEqual(["bob typing.started"]));
    await bob.client.send(roomId, { body: "hello" });
    await eventually(() => expect(heard.slice(2)).toEqual(["bob typing.stopped"]));
    ada.client.disconnect();
    bob.client.disconnect();
  });

  test("a client that asks without end is refused at some point, and its server is not", async () => {
    const tenant = await stage.tenant();
    const eve = await tenant.connect("eve");
    const asking = Array.from({ length: limits.rateUserSignalsMax + 10 }, (_, n) => `u${n % 3}`);
    for (let i = 0; i < asking.length; i += 10) {
      const answers = await Promise.all(asking.slice(i, i + 10).map((userId) => watch(eve, userId)));
      if (answers.some(({ error }) => error !== undefined)) break;
    }
    expect((await watch(eve, "u1")).error).toMatchObject({ code: "rate_limited" });
    await eve.settled();
    const own = await tenant.client("mallory");
    const statuses = [];
    for (const userId of asking) {
      statuses.push((await own.get(`/v1/presence?userIds=${userId}`)).status);
      await presenceOf(tenant.server, userId);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    await eve.close();
  });
}
