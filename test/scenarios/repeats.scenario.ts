import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Message, Room } from "#shared/protocol/resources.ts";
import { BareClient } from "./bare-client.ts";
import type { Stage } from "./stage.ts";

const copies = 8;

export function repeats(stage: Stage): void {
  test("a send is 201 with the message in the history, its repeat 200 with the same", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const ada = await tenant.client("ada");
    const path = `/v1/rooms/${roomId}/messages`;
    const first = await ada.post<Message>(path, { clientId: "c-1", body: "once" });
    expect(first.status).toBe(201);
    expect((await ada.get<{ items: Message[] }>(path)).body.items).toEqual([first.body]);
    const again = await ada.post<Message>(path, { clientId: "c-1", body: "once" });
    expect([again.status, again.body]).toEqual([200, first.body]);
    // The clientId names the message, whatever a repeat says.
    const changed = await ada.post<Message>(path, { clientId: "c-1", body: "changed" });
    expect([changed.status, changed.body]).toEqual([200, first.body]);
    expect((await ada.get<{ items: Message[] }>(path)).body.items).toEqual([first.body]);
  });

  test("the same clientId of another sender or in another room is another message", async () => {
    const tenant = await stage.tenant();
    const [one, two] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"])];
    const sends = await Promise.all([
      tenant.as("ada").post<Message>(`/v1/rooms/${one}/messages`, { clientId: "same", body: "x" }),
      tenant.as("bob").post<Message>(`/v1/rooms/${one}/messages`, { clientId: "same", body: "x" }),
      tenant.as("ada").post<Message>(`/v1/rooms/${two}/messages`, { clientId: "same", body: "x" }),
    ]);
    expect(sends.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(sends.map(({ body }) => body.id)).size).toBe(3);
  });

  test("sends without a clientId are each a message of their own", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    for (const number of [1, 2]) {
      const sent = await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "the same" });
      expect([sent.status, sent.body]).toEqual([201, expect.objectContaining({ number, clientId: null })]);
    }
  });

  test("one send in parallel over REST and several sockets is one message", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const [phone, tablet, bob] = [
      await tenant.connect("ada"),
      await tenant.connect("ada"),
      await tenant.connect("bob"),
    ];
    const rest = await tenant.client("ada");
    const message = { clientId: "c-1", body: "once" };
    const overRest = Array.from({ length: copies }, () =>
      rest.post<Message>(`/v1/rooms/${roomId}/messages`, message),
    );
    const overSockets = [phone, tablet].flatMap((device) =>
      Array.from({ length: copies }, () => device.send(roomId, message.clientId, message.body)),
    );
    const answers = await Promise.all(overRest);
    const ids = [...answers.map(({ body }) => body.id), ...(await Promise.all(overSockets))];
    expect(new Set(ids).size).toBe(1);
    expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true);
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);
    await bob.send(roomId, "end", "end");
    for (const client of [phone, tablet, bob]) {
      await client.message(roomId, "end");
      expect(client.bodies(roomId)).toEqual(["once", "end"]);
      await client.close();
    }
    const { body } = await rest.get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages`);
    expect(body.items.map((item) => item.body)).toEqual(["end", "once"]);
  });

  test("one send in parallel through every gateway, by two, is one message, and each copy is answered with it", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const { gateways } = stage.deployment();
    const devices = await Promise.all(
      [...gateways, ...gateways].map(async (url) => {
        const device = await BareClient.open(url);
        await device.connect(await tenant.token("ada"));
        return device;
      }),
    );
    const bob = await tenant.connect("bob");
    const names = ["c-1", "c-2", "c-3"];
    for (const name of names) {
      const sends = devices.flatMap((device) =>
        Array.from({ length: copies }, () => device.send(roomId, name, name)),
      );
      expect(new Set(await Promise.all(sends)).size).toBe(1);
    }
    for (const client of [...devices, bob]) {
      await client.message(roomId, "c-3");
      expect(client.bodies(roomId)).toEqual(names);
      await client.close();
    }
    const { body } = await tenant.server.get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages`);
    expect(body.items.map((item) => item.body)).toEqual(names.toReversed());
  });

  test("a repeat is the original even when the room was closed, or its sender removed, since", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    const path = `/v1/rooms/${roomId}/messages`;
    const first = await tenant.as("ada").post<Message>(path, { clientId: "c-1", body: "once" });
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "closed" });
    const closed = await tenant.as("ada").post<Message>(path, { clientId: "c-1", body: "once" });
    expect([closed.status, closed.body]).toEqual([200, first.body]);
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "open" });
    await tenant.server.delete(`/v1/rooms/${roomId}/members/ada`);
    const removed = await tenant.as("ada").post<Message>(path, { clientId: "c-1", body: "once" });
    expect([removed.status, removed.body]).toEqual([200, first.body]);
  });

  test("a repeat is recognised after hundreds of other messages", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const { client, connect } = tenant.sdk("bob");
    await connect();
    const ada = await tenant.connect("ada");
    const id = await ada.send(roomId, "c-1", "once");
    await Promise.all(Array.from({ length: 300 }, (_, i) => client.send(roomId, { body: `filler ${i}` })));
    expect(await ada.send(roomId, "c-1", "once")).toBe(id);
    const again = await tenant
      .as("ada")
      .post<Message>(`/v1/rooms/${roomId}/messages`, { clientId: "c-1", body: "x" });
    expect([again.status, again.body.id, again.body.number]).toEqual([200, id, 1]);
    client.disconnect();
    await ada.close();
  });

  test("a room is made with 201, and the same PUT again is 200 and changes nothing", async () => {
    const tenant = await stage.tenant();
    const roomId = `order_${randomUUID()}`;
    const form = {
      type: "group",
      members: [{ userId: "ada", role: "owner" }, { userId: "bob" }],
      name: "Order 1",
      custom: { orderId: 1 },
    };
    const [made, again] = [
      await tenant.server.put<Room>(`/v1/rooms/${roomId}`, form),
      await tenant.server.put<Room>(`/v1/rooms/${roomId}`, form),
    ];
    expect([made.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(made.body);
    expect(made.body).toMatchObject({
      roomId,
      seq: 1,
      name: "Order 1",
      custom: { orderId: 1 },
      state: "open",
    });
    const more = await tenant.server.put<Room>(`/v1/rooms/${roomId}`, {
      type: "group",
      members: [{ userId: "cleo" }],
    });
    expect(more.status).toBe(200);
    expect(more.body.members.map(({ userId }) => userId)).toEqual(["ada", "bob", "cleo"]);
    const parallel = `order_${randomUUID()}`;
    const racing = await Promise.all(
      Array.from({ length: copies }, () => tenant.server.put<Room>(`/v1/rooms/${parallel}`, form)),
    );
    expect(racing.map(({ status }) => status).toSorted()).toEqual([...Array(copies - 1).fill(200), 201]);
  });
}
