import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { BareClient, type Frame } from "./bare-client.ts";
import { eventually } from "./eventually.ts";
import { NetworkSwitch } from "./network-switch.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const seqs = (frames: readonly Frame[]) => frames.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Sent at a time, without an end while a client comes back; fewer than would be a gap. */
const burst = 10;
const roundMax = 400;
const rounds = 10;
/** Sends of one socket at a time. */
const inFlight = 50;

async function say(tenant: Tenant, roomId: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body });
}

export function resume(stage: Stage): void {
  test("a client that comes back gets exactly what it missed, in order, then what comes", async () => {
    const tenant = await stage.tenant();
    const [roomId, quiet] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "cleo"])];
    const before = await tenant.connect("ada");
    await say(tenant, roomId, "1", "2");
    await before.reached(roomId, 3);
    await before.terminate();
    await say(tenant, roomId, "3", "4", "5");
    const back = await tenant.connect("ada", { [roomId]: 3, [quiet]: 1 });
    await back.reached(roomId, 6);
    await say(tenant, roomId, "6");
    await back.reached(roomId, 7);
    expect(back.bodies(roomId)).toEqual(["3", "4", "5", "6"]);
    expect(seqs(back.events(roomId))).toEqual([4, 5, 6, 7]);
    expect(back.events(roomId).map(({ unread }) => unread)).toEqual([3, 4, 5, 6]);
    expect(back.events(quiet)).toEqual([]);
    await back.close();
  });

  test("what is sent while a client resumes comes once, whether it was missed or live", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const bob = await tenant.connect("bob");
    let sent = 0;
    let cursor = 1;
    const seen: Frame[] = [];
    const token = await tenant.token("ada");
    for (let round = 0; round < rounds; round++) {
      const ada = await BareClient.open(tenant.url);
      const before = sent;
      let isBack = false;
      const sending = (async () => {
        while (!isBack && sent < before + roundMax) {
          const numbers = range(sent + 1, sent + burst);
          sent += burst;
          await Promise.all(numbers.map((i) => bob.send(roomId, `c-${i}`, `message ${i}`)));
        }
      })();
      await ada.connect(token, { [roomId]: cursor });
      await ada.reached(roomId, before + burst);
      isBack = true;
      await sending;
      await ada.reached(roomId, sent + 1 - burst);
      await ada.terminate();
      seen.push(...ada.events(roomId));
      cursor = ada.events(roomId).at(-1)?.seq ?? cursor;
    }
    const last = await tenant.connect("ada", { [roomId]: cursor });
    if (cursor < sent + 1) await last.reached(roomId, sent + 1);
    seen.push(...last.events(roomId));
    expect(seqs(seen)).toEqual(range(2, sent + 1));
    expect(seen.map(({ body }) => body)).toEqual(range(1, sent).map((i) => `message ${i}`));
    await Promise.all([bob.close(), last.close()]);
  });

  test("a room without a cursor begins with what comes, and a cursor of the future is the room's newest", async () => {
    const tenant = await stage.tenant();
    const [one, two] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"])];
    await say(tenant, one, "old");
    await say(tenant, two, "old");
    const ada = await tenant.connect("ada", { [two]: 9_000 });
    await say(tenant, one, "new");
    await say(tenant, two, "new");
    await Promise.all([ada.reached(one, 3), ada.reached(two, 3)]);
    expect([ada.bodies(one), ada.bodies(two)]).toEqual([["new"], ["new"]]);
    await ada.close();
  });

  test("as much as is promised is resumed whole, and one event more is one gap with nothing of it", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const bob = await tenant.connect("bob");
    const count = limits.resumeEventsMax + 1;
    for (let sent = 0; sent < count; sent += inFlight) {
      const some = range(sent + 1, Math.min(count, sent + inFlight));
      await Promise.all(some.map((i) => bob.send(roomId, `c-${i}`, `${i}`)));
    }
    const newest = count + 1;
    await eventually(async () => {
      const { body } = await tenant.server.get<{ seq: number }>(`/v1/rooms/${roomId}`);
      expect(body.seq).toBe(newest);
    });

    const whole = await tenant.connect("ada", { [roomId]: 2 });
    await whole.reached(roomId, newest);
    expect(seqs(whole.events(roomId))).toEqual(range(3, newest));

    const gapped = await tenant.connect("ada", { [roomId]: 1 });
    const gap = await gapped.next(({ type }) => type === "room.gap");
    expect(gap).toEqual({ type: "room.gap", roomId, fromSeq: 2, toSeq: newest });
    await say(tenant, roomId, "live");
    await gapped.reached(roomId, newest + 1);
    expect(gapped.bodies(roomId)).toEqual(["live"]);
    expect(gapped.frames.filter(({ type }) => type === "room.gap")).toHaveLength(1);
    await Promise.all([whole.close(), gapped.close(), bob.close()]);
  });

  test("a room that closed meanwhile is resumed to its end", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const before = await tenant.connect("ada");
    await before.terminate();
    await say(tenant, roomId, "last words");
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "closed" });
    const back = await tenant.connect("ada", { [roomId]: 1 });
    expect(back.connected.rooms).toEqual([]);
    await back.reached(roomId, 3);
    expect(back.events(roomId)).toMatchObject([
      { type: "message.created", seq: 2, body: "last words" },
      { type: "room.closed", seq: 3 },
    ]);
    await back.close();
  });

  test("an SDK client whose network is cut and restored, again and again, loses and repeats nothing", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const network = await NetworkSwitch.before(tenant.url);
    try {
      const ada = tenant.sdk("ada", { url: network.url });
      const bob = tenant.sdk("bob");
      const heard: (string | null)[] = [];
      const gaps: unknown[] = [];
      ada.client.on("message.created", ({ body }) => heard.push(body));
      ada.client.on("room.gap", (gap) => gaps.push(gap));
      await Promise.all([ada.connect(), bob.connect()]);
      const sends: Promise<unknown>[] = [];
      for (let cut = 1; cut <= 4; cut++) {
        for (let i = 1; i <= 10; i++) {
          sends.push(bob.client.send(roomId, { body: `bob ${cut}.${i}` }));
          sends.push(ada.client.send(roomId, { body: `ada ${cut}.${i}` }));
        }
        network.cut();
        await eventually(() => expect(ada.client.state.status).not.toBe("connected"));
        sends.push(bob.client.send(roomId, { body: `bob ${cut} while ada is away` }));
        sends.push(ada.client.send(roomId, { body: `ada ${cut} while away` }));
        network.restore();
        await eventually(() => expect(ada.client.state.status).toBe("connected"));
      }
      await Promise.all(sends);
      await eventually(() => expect(heard).toHaveLength(sends.length));
      expect(new Set(heard).size).toBe(sends.length);
      const own = heard.filter((body) => /^ada \d+\./.test(body ?? ""));
      expect(own).toEqual(range(1, 4).flatMap((cut) => range(1, 10).map((i) => `ada ${cut}.${i}`)));
      expect(gaps).toEqual([]);
      const events = await tenant.server.get<{ items: Frame[] }>(`/v1/rooms/${roomId}/events?limit=100`);
      expect(events.body.items.slice(1).map(({ body }) => body)).toEqual(heard);
      ada.client.disconnect();
      bob.client.disconnect();
    } finally {
      await network.close();
    }
  });
}
