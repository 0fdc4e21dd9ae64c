import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { BareClient, Frame } from "./bare-client.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { ConnectedClient, Tenant } from "./tenant.ts";

const lateMsMax = 4_000;

/** What a client was told of who types in a room, as it came. */
function told(client: BareClient, roomId: string): string[] {
  return client.frames
    .filter((frame) => frame.roomId === roomId && String(frame.type).startsWith("typing."))
    .map(({ type, userId }) => `${type} ${userId}`);
}

const typing = (client: BareClient, type: "started" | "stopped", roomId: string): Promise<Frame> =>
  client.next((frame) => frame.type === `typing.${type}` && frame.roomId === roomId);

/** Whatever was to come of signals sent before has come: another user's are behind them. */
async function passed(tenant: Tenant, roomId: string, client: BareClient, userId: string): Promise<void> {
  // A signal may be lost: the next is not.
  await eventually(async () => {
    await tenant.as(userId).post(`/v1/rooms/${roomId}/typing`, { typing: true });
    await eventually(() => expect(told(client, roomId)).toContain(`typing.started ${userId}`), 500);
  });
}

async function room(stage: Stage): Promise<{ tenant: Tenant; roomId: string; clients: ConnectedClient[] }> {
  const tenant = await stage.tenant();
  const roomId = await tenant.room(["ada", "bob", "cleo", "probe"], "group");
  const clients = [await tenant.connect("ada"), await tenant.connect("bob")];
  return { tenant, roomId, clients };
}

export function typingSignals(stage: Stage): void {
  test("the other members see who types and stops, its own devices do not, and nothing is stored", async () => {
    const { tenant, roomId, clients } = await room(stage);
    const [ada, bob] = clients as [ConnectedClient, ConnectedClient];
    const phone = await tenant.connect("ada");
    ada.sendJson({ type: "typing.start", roomId });
    const { at, ...started } = await typing(bob, "started", roomId);
    expect(started).toEqual({ type: "typing.started", tenantId: tenant.tenantId, roomId, userId: "ada" });
    expect(Math.abs(Date.parse(String(at)) - Date.now())).toBeLessThan(60_000);
    expect(await ada.request({ type: "typing.stop", roomId })).toMatchObject({ type: "ok" });
    await typing(bob, "stopped", roomId);
    await passed(tenant, roomId, phone, "probe");
    await passed(tenant, roomId, ada, "probe");
    expect(told(ada, roomId).join()).not.toContain("ada");
    expect(told(phone, roomId).join()).not.toContain("ada");
    // Without a ref there is nothing to answer.
    expect(ada.frames.filter(({ type }) => type === "ok" || type === "error")).toHaveLength(1);
    const { body } = await tenant.server.get<{ items: Frame[] }>(`/v1/rooms/${roomId}/events`);
    expect(body.items.map(({ type }) => type)).toEqual(["room.created"]);
    await Promise.all([ada.close(), bob.close(), phone.close()]);
  });

  test("a repeat that comes too soon is not told again, and a message of the user ends it", async () => {
    const { tenant, roomId, clients } = await room(stage);
    const [ada, bob] = clients as [ConnectedClient, ConnectedClient];
    for (let i = 0; i < 5; i++) ada.sendJson({ type: "typing.start", roomId });
    await typing(bob, "started", roomId);
    await passed(tenant, roomId, bob, "probe");
    expect(told(bob, roomId).filter((line) => line.endsWith(" ada"))).toEqual(["typing.started ada"]);
    await ada.send(roomId, "c-1", "said");
    await bob.message(roomId, "said");
    const lines = () =>
      bob.frames.map(({ type, userId }) => `${type} ${userId ?? ""}`).filter((line) => line.endsWith(" ada"));
    expect(lines()).toEqual(["typing.started ada", "typing.stopped ada"]);
    // At once again: the message has ended what was before.
    ada.sendJson({ type: "typing.start", roomId });
    await eventually(() =>
      expect(lines()).toEqual(["typing.started ada", "typing.stopped ada", "typing.started ada"]),
    );
    await Promise.all([ada.close(), bob.close()]);
  });

  test("over REST a user types for as long as its server says, and what nobody repeats ends after 6 s", async () => {
    const { tenant, roomId, clients } = await room(stage);
    const [ada, bob] = clients as [ConnectedClient, ConnectedClient];
    const path = `/v1/rooms/${roomId}/typing`;
    const first = await tenant.as("cleo").post(path, {});
    expect([first.status, first.body]).toEqual([202, { accepted: true }]);
    await typing(bob, "started", roomId);
    expect((await (await tenant.client("cleo")).post(path, { typing: false })).status).toBe(202);
    await typing(bob, "stopped", roomId);
    const seenAt = performance.now();
    await tenant.as("probe").post(path);
    await bob.next((frame) => frame.type === "typing.started" && frame.userId === "probe");
    await bob.next((frame) => frame.type === "typing.stopped" && frame.userId === "probe");
    const lastedMs = performance.now() - seenAt;
    expect(lastedMs).toBeGreaterThan(limits.typingExpiryMs - 500);
    expect(lastedMs).toBeLessThan(limits.typingExpiryMs + lateMsMax);
    await Promise.all([ada.close(), bob.close()]);
  });

  test("typing ends with its socket, closed or cut", async () => {
    const { roomId, clients } = await room(stage);
    const [ada, bob] = clients as [ConnectedClient, ConnectedClient];
    ada.sendJson({ type: "typing.start", roomId });
    await typing(bob, "started", roomId);
    const cutAt = performance.now();
    await ada.terminate();
    await typing(bob, "stopped", roomId);
    expect(performance.now() - cutAt).toBeLessThan(limits.typingExpiryMs);
    await bob.close();
  });

  test("only members who may send may type, and the refusal says why", async () => {
    const { tenant, roomId, clients } = await room(stage);
    const [ada, bob] = clients as [ConnectedClient, ConnectedClient];
    const refused = async (client: BareClient, userId: string, code: string) => {
      const over = {
        socket: await client.request({ type: "typing.start", roomId }),
        rest: tenant.as(userId),
      };
      expect(over.socket.error).toMatchObject({ code });
      const rest = await over.rest.post<{ error: object }>(`/v1/rooms/${roomId}/typing`);
      expect(rest.body.error).toMatchObject({ code });
    };
    await tenant.server.put(`/v1/rooms/${roomId}/members/ada`, { role: "readonly" });
    await ada.reached(roomId, 2);
    await refused(ada, "ada", "read_only");
    const stranger = await tenant.connect("nora");
    await refused(stranger, "nora", "not_a_member");
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "frozen" });
    await bob.reached(roomId, 3);
    await refused(bob, "bob", "room_frozen");
    const nobody = await tenant.server.post<{ error: object }>(`/v1/rooms/${roomId}/typing`);
    expect(nobody.body.error).toMatchObject({ code: "acting_user_required" });
    expect(told(ada, roomId).concat(told(bob, roomId))).toEqual([]);
    await Promise.all([ada.close(), bob.close(), stranger.close()]);
  });

  test("another customer's room of the same name hears nothing of it", async () => {
    const [tenant, other] = [await stage.tenant(), await stage.tenant()];
    const members = ["ada", "bob", "probe"].map((userId) => ({ userId }));
    for (const one of [tenant, other]) await one.server.put("/v1/rooms/same", { type: "group", members });
    const [bob, theirs] = [await tenant.connect("bob"), await other.connect("bob")];
    await tenant.as("ada").post("/v1/rooms/same/typing");
    await typing(bob, "started", "same");
    await passed(other, "same", theirs, "probe");
    expect(told(theirs, "same").join()).not.toContain("ada");
    await Promise.all([bob.close(), theirs.close()]);
  });

  test("starts and stops without end are refused at some point, and the socket lives on", async () => {
    const { roomId, clients } = await room(stage);
    const [ada, bob] = clients as [ConnectedClient, ConnectedClient];
    for (let i = 0; i <= limits.rateUserSignalsMax + 10; i++) {
      ada.sendJson({ type: i % 2 === 0 ? "typing.start" : "typing.stop", roomId });
      if (i % 20 === 0) await ada.settled();
    }
    const refusal = await ada.next(({ type }) => type === "error");
    expect(refusal.error).toMatchObject({ code: "rate_limited" });
    await ada.send(roomId, "c-1", "said");
    await bob.message(roomId, "said");
    await Promise.all([ada.close(), bob.close()]);
  });
}
