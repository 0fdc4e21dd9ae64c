import { expect, test } from "vitest";
import type { Message } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

/** Only a cluster has an owner of rooms that can stand still while the rest goes on: it is stopped, not killed. */
export function appliedLater(stage: Stage): void {
  async function whileFanoutStandsStill<T>(act: () => Promise<T>): Promise<T> {
    const owners = stage.deployment().processes.filter(({ service }) => service === "fanout");
    expect(owners).not.toEqual([]);
    for (const { pid } of owners) process.kill(pid, "SIGSTOP");
    try {
      return await act();
    } finally {
      for (const { pid } of owners) process.kill(pid, "SIGCONT");
    }
  }

  test("a message that is durable but not applied in time is 202, and in the history later, once", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const path = `/v1/rooms/${roomId}/messages`;
    const bob = await tenant.connect("bob");
    const [accepted, again] = await whileFanoutStandsStill(() =>
      Promise.all([
        tenant.as("ada").post<{ messageId: string }>(path, { clientId: "c-1", body: "later" }),
        tenant.as("ada").post<{ messageId: string }>(path, { clientId: "c-1", body: "later" }),
      ]),
    );
    const { messageId } = accepted.body;
    for (const answer of [accepted, again]) {
      expect([answer.status, answer.body]).toEqual([202, { messageId, clientId: "c-1" }]);
    }
    expect(await bob.reached(roomId, 2)).toMatchObject({ messageId, body: "later" });
    const original = await tenant.as("ada").post<Message>(path, { clientId: "c-1", body: "later" });
    expect([original.status, original.body.id]).toEqual([200, messageId]);
    expect((await tenant.server.get<{ items: Message[] }>(path)).body.items).toEqual([original.body]);
    await bob.close();
  });

  test("a message that was taken and is refused by its room's owner is rejected to its sender, and to nobody else", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    const { removed, messageId } = await whileFanoutStandsStill(async () => ({
      removed: await tenant.server.delete(`/v1/rooms/${roomId}/members/ada`),
      messageId: await ada.send(roomId, "c-1", "too late"),
    }));
    expect([removed.status, removed.body]).toEqual([202, { accepted: true }]);
    const rejected = await ada.next(({ type }) => type === "message.rejected");
    expect(rejected).toMatchObject({ roomId, userId: "ada", clientId: "c-1", messageId });
    expect(rejected.error).toMatchObject({ code: "not_a_member" });
    expect(rejected.seq).toBeUndefined();
    await bob.reached(roomId, 2);
    await bob.send(roomId, "c-2", "goodbye");
    await bob.reached(roomId, 3);
    expect(bob.events(roomId)).toMatchObject([
      { type: "member.removed", userId: "ada" },
      { body: "goodbye" },
    ]);
    expect(bob.frames.filter(({ type }) => type === "message.rejected")).toEqual([]);
    await Promise.all([ada.close(), bob.close()]);
  });

  test("an SDK client hears of its rejected message, and goes on in its other rooms", async () => {
    const tenant = await stage.tenant();
    const [left, kept] = [await tenant.room(["ada", "bob"], "group"), await tenant.room(["ada", "bob"])];
    const { client, connect } = tenant.sdk("ada");
    const rejected: unknown[] = [];
    client.on("message.rejected", ({ clientId }) => rejected.push(clientId));
    await connect();
    await whileFanoutStandsStill(async () => {
      await tenant.server.delete(`/v1/rooms/${left}/members/ada`);
      await client.send(left, { clientId: "c-1", body: "too late" });
    });
    await eventually(() => expect(rejected).toEqual(["c-1"]));
    await client.send(kept, { body: "still here" });
    await eventually(() => expect(client.rooms.get(kept)).toMatchObject({ number: 1 }));
    await eventually(() => expect(client.rooms.has(left)).toBe(false));
    client.disconnect();
  });
}
