import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { SendsarClient } from "#sdk/js/src/client.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import type { Rig } from "./rig.ts";
import { underLoad } from "./under-load.ts";

/** A dead fanout node's partitions stand still until its session has run out and the others have shared them. */
const recoveryMsMax = { gateway: 20_000, ingest: 20_000, fanout: 45_000 };
const services = ["gateway", "ingest", "fanout"] as const;
const names = 60;

export function deaths(rig: () => Rig): void {
  test("whichever node is killed under load, I1 to I7 hold and the others take over", {
    timeout: 300_000,
  }, async ({ annotate }) => {
    await underLoad(rig(), { annotate }, async ({ fault }) => {
      for (const service of services) {
        const { id } = await rig().oneOf(service);
        await fault(`kill -9 of ${id}`, recoveryMsMax[service], () => rig().kill(id));
      }
    });
  });

  test("copies of a send in parallel through both gateways, while nodes are killed, are one message each", {
    timeout: 240_000,
  }, async () => {
    const tenant = await rig().tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const urls = (await rig().nodes("gateway")).map(({ url }) => url ?? "");
    expect(urls).toHaveLength(2);
    const devices: SendsarClient[] = [];
    // Two devices at each gateway by its own URL, and one wherever the edge sends it.
    for (const url of [...urls, ...urls, tenant.url]) {
      const { client } = tenant.sdk("ada", { url });
      await client.connect(() => tenant.token("ada"));
      devices.push(client);
    }
    const answers = new Map<string, Promise<string>[]>();
    const sending = (async () => {
      for (let i = 0; i < names; i++) {
        const clientId = randomUUID();
        const copies = devices.map((device) => device.send(roomId, { clientId, body: `${i}` }));
        answers.set(
          clientId,
          copies.map(async (copy) => (await copy).messageId),
        );
        await Promise.race(copies);
      }
    })();
    for (const service of services) {
      const before = answers.size;
      await eventually(
        () => expect(answers.size).toBeGreaterThanOrEqual(Math.min(names, before + 5)),
        60_000,
      );
      await rig().kill((await rig().oneOf(service)).id);
    }
    await sending;
    const ids = new Map<string, string>();
    for (const [clientId, copies] of answers) {
      const told = new Set(await Promise.all(copies));
      expect(told.size, `${clientId} was answered with ${[...told]}`).toBe(1);
      ids.set(clientId, [...told][0] ?? "");
    }
    const path = `/v1/rooms/${roomId}/messages`;
    await tenant.as("bob").post(path, { body: "the end" });
    const { items } = (await tenant.server.get<{ items: Message[] }>(`${path}?limit=100`)).body;
    const kept = items.filter(({ senderId }) => senderId === "ada");
    expect(new Map(kept.map(({ clientId, id }) => [clientId, id]))).toEqual(ids);
    expect(kept).toHaveLength(names);
    for (const device of devices) device.disconnect();
  });
}
