import { expect, test } from "vitest";
import type { WebhookEndpointRow } from "#shared/store/webhook-store.ts";
import type { Subject } from "./contract.ts";

const t = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function endpointOf(tenantId: string, endpointId: string): WebhookEndpointRow {
  return {
    tenantId,
    endpointId,
    url: "https://acme.example/hook",
    events: ["message.created"],
    roomPattern: "order_*",
    description: "Ünïcödé 👩‍👧",
    headers: { authorization: "Bearer x" },
    ordered: true,
    batch: { maxEvents: 20, maxWaitMs: 500 },
    concurrency: 3,
    ratePerSecond: null,
    unreadAfterSeconds: 60,
    idleAfterSeconds: 600,
    secrets: [
      { secret: "whsec_b", expiresAt: null },
      { secret: "whsec_a", expiresAt: t(9) },
    ],
    createdAt: t(0),
    updatedAt: t(1),
  };
}

export function webhookEndpointContract({ store, tenant }: Subject): void {
  test("an endpoint is what was last put, and enabled unless told otherwise", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    expect(await webhooks.getEndpoint(tenantId, "whe_a")).toBeNull();
    expect(await webhooks.listEndpoints(tenantId)).toEqual([]);
    const row = endpointOf(tenantId, "whe_a");
    for (const description of ["one", null, row.description]) {
      await webhooks.putEndpoint({ ...row, description });
      expect(await webhooks.getEndpoint(tenantId, "whe_a")).toEqual({
        ...row,
        description,
        disabled: null,
        failingSince: null,
      });
    }
  });

  test("ids are those of all that there were", async () => {
    const [tenantId, other] = [tenant(), tenant()];
    const { webhooks } = store();
    for (const id of ["whe_a", "whe_b"]) await webhooks.putEndpoint(endpointOf(tenantId, id));
    await webhooks.putEndpoint(endpointOf(other, "whe_c"));
    await webhooks.removeEndpoint(tenantId, "whe_a");
    expect((await webhooks.listEndpointIds(tenantId)).sort()).toEqual(["whe_a", "whe_b"]);
  });

  test("endpoints are listed by id, each tenant's its own", async () => {
    const [tenantId, other] = [tenant(), tenant()];
    const { webhooks } = store();
    for (const id of ["whe_c", "whe_a", "whe_b"]) await webhooks.putEndpoint(endpointOf(tenantId, id));
    await webhooks.putEndpoint(endpointOf(other, "whe_a"));
    const ids = async (of: string) => (await webhooks.listEndpoints(of)).map(({ endpointId }) => endpointId);
    expect(await ids(tenantId)).toEqual(["whe_a", "whe_b", "whe_c"]);
    expect(await ids(other)).toEqual(["whe_a"]);
    expect(await webhooks.getEndpoint(other, "whe_b")).toBeNull();
  });

  test("its state and its health are set apart from its settings, and none undoes the other", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    const row = endpointOf(tenantId, "whe_a");
    await webhooks.putEndpoint(row);
    const disabled = { reason: "gone", at: t(5) } as const;
    await webhooks.setEndpointHealth(tenantId, "whe_a", { failingSince: t(3) });
    await webhooks.setEndpointState(tenantId, "whe_a", { disabled });
    await webhooks.putEndpoint({ ...row, url: "https://acme.example/other" });
    expect(await webhooks.getEndpoint(tenantId, "whe_a")).toMatchObject({
      url: "https://acme.example/other",
      disabled,
      failingSince: t(3),
    });
    await webhooks.setEndpointHealth(tenantId, "whe_a", { failingSince: null });
    expect(await webhooks.getEndpoint(tenantId, "whe_a")).toMatchObject({ disabled, failingSince: null });
    await webhooks.setEndpointState(tenantId, "whe_a", { disabled: null });
    expect(await webhooks.listEndpoints(tenantId)).toMatchObject([{ disabled: null }]);
  });

  test("one that was removed stays removed, whatever is written late", async () => {
    const tenantId = tenant();
    const { webhooks } = store();
    const row = endpointOf(tenantId, "whe_a");
    await webhooks.putEndpoint(row);
    await webhooks.putEndpoint(endpointOf(tenantId, "whe_b"));
    await webhooks.removeEndpoint(tenantId, "whe_a");
    await webhooks.putEndpoint(row);
    await webhooks.setEndpointState(tenantId, "whe_a", { disabled: null });
    expect(await webhooks.getEndpoint(tenantId, "whe_a")).toBeNull();
    expect((await webhooks.listEndpoints(tenantId)).map(({ endpointId }) => endpointId)).toEqual(["whe_b"]);
    await webhooks.setEndpointState(tenantId, "whe_never", { disabled: null });
    await webhooks.setEndpointHealth(tenantId, "whe_never", { failingSince: null });
    expect(await webhooks.getEndpoint(tenantId, "whe_never")).toBeNull();
  });

  test("a user that is erased from a room is told of by no endpoint that the tenant has or had", async () => {
    const { webhooks } = store();
    const [tenantId, other] = [tenant(), tenant()];
    const told = [
      { userId: "ada", readNumber: 1 },
      { userId: "bob", readNumber: 2 },
    ];
    const keys = ["whe_a", "whe_b"].map((endpointId) => ({ tenantId, endpointId, roomId: "order_1" }));
    const elsewhere = [
      { tenantId, endpointId: "whe_a", roomId: "order_2" },
      { tenantId: other, endpointId: "whe_a", roomId: "order_1" },
    ];
    for (const { tenantId: of, endpointId } of [...keys, ...elsewhere]) {
      await webhooks.putEndpoint(endpointOf(of, endpointId));
    }
    await webhooks.removeEndpoint(tenantId, "whe_b");
    for (const key of [...keys, ...elsewhere]) await webhooks.writeTold(key, told);
    await webhooks.forgetTold(tenantId, "order_1", "ada");
    for (const key of keys) expect(await webhooks.readTold(key)).toEqual(told.slice(1));
    for (const key of elsewhere) expect(await webhooks.readTold(key)).toHaveLength(2);
  });
}
