import { expect, test } from "vitest";
import { BareClient } from "./bare-client.ts";
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

  test("a tenant's messages are as large as its operator lets them be, over REST and a socket, in edits too", async () => {
    const [tenant, other] = await Promise.all([stage.tenant(), stage.tenant()]);
    const [roomId, others] = await Promise.all([tenant.room(["ada", "bob"]), other.room(["ada", "bob"])]);
    const ada = await tenant.client("ada");
    const path = `/v1/rooms/${roomId}/messages`;
    const limits = { bodyCodePoints: 3, attachments: 1, customBytes: 9 };
    const longer = { clientId: "before", body: "1234567" };
    expect((await ada.post(path, longer)).status).toBe(201);
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, {
      settings: { messageBodyCodePoints: 3, messageAttachments: 1, messageCustomBytes: 9 },
    });
    const shown = async () => (await ada.get<{ messages: object }>("/v1/limits")).body.messages;
    await expect.poll(shown).toEqual(limits);
    const file = { type: "link", url: "https://example.com" };
    // Each node learns of it for itself.
    await eventually(async () => {
      for (let turn = 0; turn < 6; turn++) expect((await ada.post(path, { body: "1234" })).status).toBe(400);
    });
    const refused = async (sent: object, where: string) => {
      const { status, body } = await ada.post(path, sent);
      expect([status, body]).toMatchObject([400, { error: { details: [{ path: where }] } }]);
    };
    await refused({ body: "😀😀😀😀" }, "/body");
    await refused({ body: "1", attachments: [file, file] }, "/attachments");
    await refused({ body: "1", custom: { a: "12" } }, "/custom");
    await refused({ attachments: [{ ...file, custom: { a: "12" } }] }, "/attachments/0/custom");
    const most = { body: "😀😀😀", attachments: [{ ...file, custom: { a: "1" } }], custom: { a: "1" } };
    const sent = await ada.post<{ id: string }>(path, most);
    expect(sent.status).toBe(201);
    expect((await ada.patch(`${path}/${sent.body.id}`, { body: "1234" })).status).toBe(400);
    expect((await ada.patch(`${path}/${sent.body.id}`, { body: "123" })).status).toBe(200);

    const socket = await BareClient.open(tenant.url);
    await socket.connect(await tenant.token("ada"));
    const said = { type: "message.send", roomId, clientId: "c", body: "1234" };
    expect(await socket.request(said)).toMatchObject({ type: "error", error: { code: "invalid_request" } });
    // What was said before is no larger by being repeated.
    expect(await socket.request({ type: "message.send", roomId, ...longer })).toMatchObject({ type: "ok" });
    expect((await ada.post(path, longer)).status).toBe(200);
    await socket.close();
    const theirs = await other.client("ada");
    expect((await theirs.post(`/v1/rooms/${others}/messages`, { body: "1234" })).status).toBe(201);
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
