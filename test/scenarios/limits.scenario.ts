import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Rates } from "#shared/protocol/rates.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { ConnectedClient, Tenant } from "./tenant.ts";

interface Limits {
  readonly rates: Rates;
  readonly quotas: { readonly connections: number | null };
  readonly bounds: Readonly<Record<string, number>>;
}

/** How often a tenant, its users and their sockets may ask: what the operator says of one holds for no other. */
export function rateLimits(stage: Stage): void {
  async function allow(tenant: Tenant, settings: object): Promise<void> {
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings });
    const [name, value] = Object.entries(settings)[0] ?? [];
    const shown = { rateRequests: "tenantRequests", rateUserMessages: "userMessages" }[String(name)];
    // Each node comes to know of it by itself, so it takes more than one answer.
    await eventually(async () => {
      const asked = Array.from({ length: 6 }, () => tenant.server.get<Limits>("/v1/limits"));
      for (const { body, headers } of await Promise.all(asked)) {
        if (name === "rateRequests") expect(headers.get("ratelimit-limit")).toBe(String(value));
        else expect(body.rates[(shown ?? "connectionFrames") as keyof Rates].limit).toBe(value);
      }
    });
  }

  test("every answer says how much is left, and past it a tenant is told when to come back, and no other is", async () => {
    const [tenant, other] = [await stage.tenant(), await stage.tenant()];
    const before = await other.server.get<Limits>("/v1/limits");
    expect(before.body.bounds.bodyCodePointsMax).toBe(limits.bodyCodePointsMax);
    await allow(tenant, { rateRequests: 7 });
    const all = await Promise.all(Array.from({ length: 30 }, () => tenant.server.get("/v1/limits")));
    const [taken, refused] = [200, 429].map((code) => all.filter(({ status }) => status === code));
    // They may fall into two windows.
    expect(taken?.length).toBeLessThanOrEqual(14);
    expect((taken?.length ?? 0) + (refused?.length ?? 0)).toBe(30);
    for (const { headers } of all) {
      expect(headers.get("ratelimit-limit")).toBe("7");
      expect(Number(headers.get("ratelimit-reset"))).toBeLessThanOrEqual(1);
    }
    for (const { headers } of refused ?? []) {
      expect(headers.get("ratelimit-remaining")).toBe("0");
      expect(headers.get("retry-after")).toBe("1");
    }
    const after = await other.server.get<Limits>("/v1/limits");
    expect([after.status, after.body]).toEqual([200, before.body]);
    expect(Number(after.headers.get("ratelimit-remaining"))).toBeGreaterThan(30);
  });

  const codesOf = (client: ConnectedClient, frames: readonly { readonly type: string }[]) =>
    Promise.all(frames.map(async (frame) => (await client.request(frame)).error?.code ?? "ok"));
  const times = <T>(count: number, make: (n: number) => T) =>
    Array.from({ length: count }, (_, n) => make(n));

  test("a user that sends too much is refused over any of its sockets, and no other user is", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    await allow(tenant, { rateUserMessages: 3 });
    const [ada, tablet, bob] = [
      await tenant.connect("ada"),
      await tenant.connect("ada"),
      await tenant.connect("bob"),
    ];
    // The node that takes messages may learn of the limit by the first of them.
    const send = (n: number) => ({ type: "message.send", roomId, clientId: String(n), body: String(n) });
    await eventually(async () => expect(await codesOf(ada, [send(0)])).toEqual(["rate_limited"]));
    const refusesAll = async () =>
      expect(await codesOf(tablet, times(3, send))).toEqual(times(3, () => "rate_limited"));
    // Each node counts for itself, and learns of the limit by itself.
    const nodes = stage.deployment().processes.filter(({ service }) => service === "ingest");
    await (nodes.length > 1 ? eventually(refusesAll) : refusesAll());
    expect(await codesOf(bob, [send(0)])).toEqual(["ok"]);
    await eventually(async () => {
      const answer = await ada.request(send(9));
      expect(answer.error).toMatchObject({ retryable: true, retryAfterMs: expect.any(Number) });
    });
    await Promise.all([ada, tablet, bob].map((client) => client.close()));
  });

  test("a socket that says too much is refused for a while, and the user's others are not", async () => {
    const tenant = await stage.tenant();
    await allow(tenant, { rateConnectionFrames: 5 });
    const [one, other] = [await tenant.connect("ada"), await tenant.connect("ada")];
    const ping = () => ({ type: "ping" });
    await eventually(async () => expect(await codesOf(one, [ping()])).toEqual(["rate_limited"]));
    expect(await codesOf(other, [ping()])).toEqual(["ok"]);
    await Promise.all([one, other].map((client) => client.close()));
  });

  test("a tenant has as many open sockets as its operator allows, and space again when one closes", async () => {
    const [tenant, other] = [await stage.tenant(), await stage.tenant()];
    const path = `/admin/v1/tenants/${tenant.tenantId}`;
    await stage.operator().put(path, { settings: { connectionsMax: 1 } });
    await eventually(async () => {
      const { body } = await tenant.server.get<Limits>("/v1/limits");
      expect(body.quotas).toEqual({ connections: 1 });
    });
    // Each gateway learns of it by the first that connects there.
    const open: ConnectedClient[] = [];
    await eventually(async () => {
      const refused = tenant.connect(`user_${open.length}`).then((client) => void open.push(client));
      await expect(refused).rejects.toThrow(/rate_limited.*retryAfterMs/);
    });
    const stranger = await other.connect("ada");
    for (const client of open) await client.close();
    await eventually(async () => {
      const again = await tenant.connect("late");
      await again.close();
    });
    await stranger.close();
  });
}
