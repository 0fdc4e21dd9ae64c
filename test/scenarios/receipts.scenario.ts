import { expect, test } from "vitest";
import type { MemberResource, ReadPosition } from "#shared/protocol/resources.ts";
import type { BareClient } from "./bare-client.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const receiptsOf = (client: BareClient) =>
  client.frames
    .filter(({ type }) => type.startsWith("receipt."))
    .map(({ type, userId, number }) => `${type} ${userId} ${number}`);

async function roomOfThree(tenant: Tenant): Promise<string> {
  const roomId = await tenant.room(["ada", "bob"]);
  for (const body of ["1", "2", "3"]) await tenant.as("bob").post(`/v1/rooms/${roomId}/messages`, { body });
  return roomId;
}

export function receipts(stage: Stage): void {
  test("what is delivered is told to the room, moves forward only, and goes with what is read", async () => {
    const tenant = await stage.tenant();
    const roomId = await roomOfThree(tenant);
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const deliver = (number: number) =>
      tenant.as("ada").post<MemberResource>(`/v1/rooms/${roomId}/delivered`, { number });
    expect((await deliver(2)).body).toMatchObject({ userId: "ada", deliveredNumber: 2, readNumber: 0 });
    const receipt = await bob.next(({ type }) => type === "receipt.delivered");
    expect(receipt).toMatchObject({ roomId, userId: "ada", number: 2, tenantId: tenant.tenantId });
    expect(receipt).not.toHaveProperty("unread");
    expect((await deliver(1)).body.deliveredNumber).toBe(2);
    expect((await deliver(900)).body.deliveredNumber).toBe(3);
    const read = await tenant.as("ada").post<MemberResource>(`/v1/rooms/${roomId}/read`, { number: 2 });
    expect(read.body).toMatchObject({ readNumber: 2, deliveredNumber: 3 });
    await bob.send(roomId, "c", "4");
    expect(await ada.request({ type: "room.read", roomId, number: 4 })).toMatchObject({ type: "ok" });
    await bob.next(({ type, number }) => type === "receipt.read" && number === 4);
    const member = await tenant.as("bob").get<MemberResource>(`/v1/rooms/${roomId}/members/ada`);
    expect(member.body).toMatchObject({ readNumber: 4, deliveredNumber: 4 });
    expect(receiptsOf(bob)).toEqual([
      "receipt.delivered ada 2",
      "receipt.delivered ada 3",
      "receipt.read ada 2",
      "receipt.read ada 4",
    ]);
    await Promise.all([ada.close(), bob.close()]);
  });

  test("marking as unread is told to the user's own devices, and to nobody else", async () => {
    const tenant = await stage.tenant();
    const roomId = await roomOfThree(tenant);
    const [phone, tablet] = [await tenant.connect("ada"), await tenant.connect("ada")];
    const bob = await tenant.connect("bob");
    expect(phone.connected).toMatchObject({ unreadTotal: 3 });
    await phone.request({ type: "room.read", roomId, number: 3 });
    await bob.next(({ type }) => type === "receipt.read");
    expect(await phone.request({ type: "room.unread", roomId, number: 2 })).toMatchObject({ type: "ok" });
    for (const device of [phone, tablet]) {
      const back = await device.next(({ type }) => type === "receipt.unread");
      expect(back).toMatchObject({ roomId, userId: "ada", number: 2, unread: 2 });
    }
    const own = await tenant.connect("ada");
    expect(own.connected.rooms).toMatchObject([{ roomId, readNumber: 1, unread: 2 }]);
    const seen = await tenant.as("bob").get<MemberResource>(`/v1/rooms/${roomId}/members/ada`);
    expect(seen.body.readNumber).toBe(3);

    // To read again what others know to be read is news to nobody else either.
    await phone.request({ type: "room.read", roomId, number: 2 });
    expect(await tablet.next(({ type, number }) => type === "receipt.read" && number === 2)).toMatchObject({
      unread: 1,
    });
    await bob.send(roomId, "c", "4");
    expect(await tablet.message(roomId, "4")).toMatchObject({ unread: 2 });
    const rest = await tenant.as("ada").post<ReadPosition>(`/v1/rooms/${roomId}/unread`, { number: 1 });
    expect(rest.body).toEqual({ roomId, readNumber: 0, unread: 4 });
    await bob.settled();
    expect(receiptsOf(bob)).toEqual(["receipt.read ada 3"]);
    await Promise.all([phone, tablet, own, bob].map((client) => client.close()));
  });

  test("the SDK tells what arrived, and shows the total of all rooms and what was set back", async () => {
    const tenant = await stage.tenant();
    const [roomId, other] = [await roomOfThree(tenant), await roomOfThree(tenant)];
    const { client, connect } = tenant.sdk("ada");
    const bob = await tenant.connect("bob");
    await connect();
    expect(client.unreadTotal).toBe(6);
    await client.markDelivered(roomId, 3);
    await bob.next(({ type, number }) => type === "receipt.delivered" && number === 3);
    await client.markRead(roomId, 3);
    await eventually(() => expect(client.unreadTotal).toBe(3));
    await client.markUnread(roomId, 3);
    await eventually(() => expect(client.rooms.get(roomId)).toMatchObject({ unread: 1, readNumber: 2 }));
    await client.markRead(other, 2);
    await eventually(() => expect(client.unreadTotal).toBe(2));
    client.disconnect();
    await bob.close();
  });
}
