import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

interface Shown {
  readonly name: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

export function tenantSettings(stage: Stage): void {
  test("a setting holds for its tenant alone, until it is the default again", async () => {
    const [tenant, other] = await Promise.all([stage.tenant(), stage.tenant()]);
    const operator = stage.operator();
    const path = `/admin/v1/tenants/${tenant.tenantId}`;
    const defaults = (await operator.get<Shown>(path)).body.settings;

    const changed = await operator.put<Shown>(path, { settings: { tokenTtlSeconds: 60 } });
    expect(changed.status).toBe(200);
    expect(changed.body.settings).toEqual({ ...defaults, tokenTtlSeconds: 60 });
    await eventually(async () => expect(await secondsOfToken(tenant)).toBeLessThanOrEqual(60));
    expect(await secondsOfToken(other)).toBeGreaterThan(60);

    const renamed = await operator.put<Shown>(path, { name: "Renamed" });
    expect(renamed.body).toMatchObject({ name: "Renamed", settings: { tokenTtlSeconds: 60 } });
    expect((await operator.get(path)).body).toEqual(renamed.body);

    const again = await operator.put<Shown>(path, { settings: { tokenTtlSeconds: null } });
    expect(again.body).toMatchObject({ name: "Renamed", settings: defaults });
  });

  test("a setting that does not exist or fit is refused, and the whole change with it", async () => {
    const tenant = await stage.tenant();
    const operator = stage.operator();
    const path = `/admin/v1/tenants/${tenant.tenantId}`;
    const before = (await operator.get(path)).body;
    for (const [settings, where] of [
      [{ tokenTtlSecond: 60 }, "/settings/tokenTtlSecond"],
      [{ tokenTtlSeconds: 1 }, "/settings/tokenTtlSeconds"],
      [{ tokenTtlSeconds: "60" }, "/settings/tokenTtlSeconds"],
    ] as const) {
      const refused = await operator.put(path, { name: "Mallory's", settings });
      expect(refused.status).toBe(400);
      expect(refused.body).toMatchObject({ error: { code: "invalid_request", details: [{ path: where }] } });
    }
    expect((await operator.get(path)).body).toEqual(before);
    const missing = await operator.get("/admin/v1/tenants/nobody");
    expect(missing.body).toMatchObject({ error: { code: "tenant_not_found" } });
  });
}

/** How long a token lives for which the server asked nothing. */
async function secondsOfToken(tenant: Awaited<ReturnType<Stage["tenant"]>>): Promise<number> {
  const asked = await tenant.server.post<{ expiresAt: string }>("/v1/auth/token", { userId: "u" });
  return (Date.parse(asked.body.expiresAt) - Date.now()) / 1_000;
}
