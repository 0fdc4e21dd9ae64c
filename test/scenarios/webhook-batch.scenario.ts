import { expect, test } from "vitest";
import { verifyWebhook } from "#sdk/node/src/webhooks.ts";
import type { WebhookDelivery, WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { eventually } from "./eventually.ts";
import { type Received, Receiver, verify } from "./receiver.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

interface Entry {
  readonly id: string;
  readonly event: { readonly roomId: string; readonly seq: number; readonly body: string };
}
type Page = { readonly items: WebhookDelivery[] };

const entriesOf = ({ body }: Received) => body.events as Entry[];
const saidIn = (call: Received) => entriesOf(call).map(({ event }) => event.body);

async function hook(tenant: Tenant, url: string, batch: WebhookEndpoint["batch"], settings: object = {}) {
  const body = { url, events: ["message.created"], batch, ...settings };
  const made = await tenant.server.post<WebhookEndpoint & { secret: string }>("/v1/webhooks/endpoints", body);
  expect(made.status, made.text).toBe(201);
  return made.body;
}

async function say(tenant: Tenant, roomId: string, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const { status, text } = await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body });
    expect(status, text).toBe(201);
  }
}

export function webhookBatches(stage: Stage): void {
  test("several events come in one call, no more than was asked for, signed, and each as it would come alone", async () => {
    const tenant = await stage.tenant();
    const [together, alone] = [await Receiver.open(), await Receiver.open()];
    const batch = { maxEvents: 3, maxWaitMs: 1_500 };
    const { secret, endpointId } = await hook(tenant, together.url, batch);
    await hook(tenant, alone.url, null);
    const roomId = await tenant.room(["ada", "bob"]);
    await say(tenant, roomId, ["a", "b", "c", "d"]);
    await alone.got(4);
    const [full, rest] = await together.got(2);
    if (full === undefined || rest === undefined) return;
    expect([saidIn(full), saidIn(rest)]).toEqual([["a", "b", "c"], ["d"]]);
    verify(secret, full);
    expect(full.headers["webhook-id"]).toMatch(/^bat_[\w-]{22}$/);
    expect(full.body).toMatchObject({ type: "webhook.batch", tenantId: tenant.tenantId, endpointId });
    const single = new Map(alone.calls.map(({ headers, body }) => [headers["webhook-id"], body]));
    for (const { id, event } of entriesOf(full)) expect(event).toEqual(single.get(id));
    const received = verifyWebhook({ body: full.text, headers: full.headers, secrets: secret });
    expect(received.events).toEqual(entriesOf(full));
  });

  test("a batch that fails comes again under its id with the same events, and the log answers for each", async () => {
    const tenant = await stage.tenant();
    const receiver = await Receiver.open();
    receiver.answer = () => ({ status: receiver.calls.length === 1 ? 500 : 200 });
    const { endpointId } = await hook(tenant, receiver.url, { maxEvents: 2, maxWaitMs: 5_000 });
    const roomId = await tenant.room(["ada", "bob"]);
    await say(tenant, roomId, ["a", "b"]);
    const [first, again] = await receiver.got(2);
    expect(again?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(again?.text).toBe(first?.text);
    const log = `/v1/webhooks/deliveries?endpointId=${endpointId}`;
    const events = await eventually(async () => {
      const { items } = (await tenant.server.get<Page>(`${log}&roomId=${roomId}`)).body;
      expect(items.map(({ status, attemptCount }) => [status, attemptCount])).toEqual([
        ["succeeded", 2],
        ["succeeded", 2],
      ]);
      return items;
    });
    const batches = (await tenant.server.get<Page>(`${log}&eventType=webhook.batch`)).body.items;
    expect(batches).toMatchObject([{ eventId: first?.headers["webhook-id"], attemptCount: 2 }]);
    expect(events.map(({ batchId }) => batchId)).toEqual(events.map(() => batches[0]?.deliveryId));
    expect(events.map(({ eventId }) => eventId).toReversed()).toEqual(
      first && entriesOf(first).map(({ id }) => id),
    );

    // One of them alone goes by a new batch; the batch itself comes as it was.
    await tenant.server.post(`/v1/webhooks/deliveries/${events[0]?.deliveryId}/retry`);
    await tenant.server.post(`/v1/webhooks/deliveries/${batches[0]?.deliveryId}/retry`);
    await receiver.got(4, 20_000);
    const later = new Map(receiver.calls.slice(2).map((call) => [call.headers["webhook-id"], saidIn(call)]));
    const ofBatch = later.get(first?.headers["webhook-id"]);
    expect(ofBatch).toEqual(["a", "b"]);
    later.delete(first?.headers["webhook-id"]);
    expect([...later.values()]).toEqual([["b"]]);
  });

  test("where order is asked for a room's next batch waits for the one before, and tenants are never mixed", async () => {
    const tenants = [await stage.tenant(), await stage.tenant()];
    const receivers = await Promise.all(
      tenants.map(async (tenant) => {
        const receiver = await Receiver.open();
        receiver.answer = () => ({ status: receiver.calls.length % 2 === 1 ? 500 : 200 });
        await hook(tenant, receiver.url, { maxEvents: 3, maxWaitMs: 50 }, { ordered: true });
        return receiver;
      }),
    );
    const said = Array.from({ length: 8 }, (_, n) => `m-${n}`);
    await Promise.all(tenants.map(async (tenant) => say(tenant, await tenant.room(["ada", "bob"]), said)));
    for (const [index, receiver] of receivers.entries()) {
      const taken = () => receiver.calls.filter((_, n) => n % 2 === 1).flatMap(saidIn);
      await eventually(() => expect(taken()).toEqual(said), 20_000);
      for (const { body } of receiver.calls) expect(body.tenantId).toBe(tenants[index]?.tenantId);
    }
  });
}
