import { expect, test } from "vitest";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { audited } from "#shared/protocol/audited.ts";
import { operationList } from "#shared/protocol/operations.ts";
import type { Caller } from "./caller.ts";
import { bodies, type Names, namesOfNothing } from "./isolation-cases.ts";
import type { Stage } from "./stage.ts";

/** All entries, newest first, in pages. */
async function logOf(caller: Caller, path: string): Promise<AuditEntry[]> {
  const items: AuditEntry[] = [];
  for (let cursor = ""; ; ) {
    const { body } = await caller.get<{ items: AuditEntry[]; next: string | null }>(
      `${path}?limit=4${cursor}`,
    );
    items.push(...body.items);
    if (body.next === null) return items;
    cursor = `&cursor=${body.next}`;
  }
}

const filled = (path: string, names: Names) =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: keyof Names) => encodeURIComponent(names[name]));

/** What operators and servers did that changes who may do what. */
export function audit(stage: Stage): void {
  test("every call that changes access is in the log, in its order, with who, what and how it ended, and no secret", async () => {
    const tenant = await stage.tenant();
    const operator = stage.operator();
    const { tenantId } = tenant;
    const roomId = await tenant.room(["mia", "olga"], "group");
    const key = await operator.post<{ keyId: string; apiKey: string }>(`/admin/v1/tenants/${tenantId}/keys`);
    const hook = await tenant.server.post<{ endpointId: string; secret: string }>("/v1/webhooks/endpoints", {
      url: "https://acme.example/hook?key=hunter2",
      headers: { authorization: "hunter2" },
    });
    const { keyId } = key.body;
    const { endpointId } = hook.body;
    const names = { ...namesOfNothing(), tenantId, keyId, roomId, userId: "olga", endpointId };
    const before = (await logOf(tenant.server, "/v1/audit")).length;

    const done: string[] = [];
    const made: string[] = [key.body.apiKey, hook.body.secret];
    for (const id of Object.keys(audited)) {
      const operation = operationList.find((one) => one.id === id);
      const body = id === "patchRoom" ? { state: "frozen" } : bodies[id]?.(names);
      const caller = operation?.auth === "operator" ? operator : tenant.server;
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await caller.call<{ apiKey?: string; secret?: string } | null>(
        operation?.method ?? "",
        // Who is forgotten goes by itself, at any time from then on.
        filled(operation?.path ?? "", id === "eraseUser" ? { ...names, userId: "zoe" } : names),
        text,
      );
      expect([id, Math.floor(answer.status / 100)], answer.text).toEqual([id, 2]);
      made.push(...[answer.body?.apiKey, answer.body?.secret].filter((secret) => secret !== undefined));
      done.push(id);
    }
    await tenant.server.delete("/v1/rooms/nowhere");

    const all = await logOf(tenant.server, "/v1/audit");
    // The endpoint is none that takes something: that it is disabled for that is no call.
    const log = all.filter(({ actor }) => actor.kind !== "system");
    const entries = log.slice(0, log.length - before).toReversed();
    expect(entries.map(({ action }) => action)).toEqual([...done, "deleteRoom"]);
    for (const { actor, action, outcome, target } of entries.slice(0, -1)) {
      const byOperator = operationList.find(({ id }) => id === action)?.auth === "operator";
      expect(actor.kind, action).toBe(byOperator ? "operator" : "server");
      expect(actor.keyId === null, action).toBe(byOperator);
      expect([action, Math.floor((outcome?.status ?? 0) / 100)]).toEqual([action, 2]);
      if (target.roomId !== undefined) expect(target.roomId).toBe(roomId);
    }
    const of = (action: string) => entries.find((entry) => entry.action === action);
    expect(of("putMember")).toMatchObject({ target: { userId: "olga" }, details: { role: "owner" } });
    expect(of("createKey")?.outcome?.made.keyId).toMatch(/./);
    expect(entries.at(-1)?.outcome).toEqual({ status: 404, code: "room_not_found", made: {} });

    expect(await logOf(operator, `/admin/v1/tenants/${tenantId}/audit`)).toEqual(log);
    const text = JSON.stringify(log);
    for (const secret of [...made, "hunter2", ...stage.secrets]) expect(text).not.toContain(secret);
  });

  test("the log is a tenant's own, and tells nothing of what changes no access or of what people do themselves", async () => {
    const [tenant, other] = [await stage.tenant(), await stage.tenant()];
    const roomId = await tenant.room(["mia"], "group");
    await tenant.server.put(`/v1/rooms/${roomId}/members/olga`, { role: "owner" });
    const room = `/v1/rooms/${roomId}`;
    await tenant.server.patch(room, { name: "Ours" });
    await tenant.as("mia").post(`${room}/messages`, { body: "hi" });
    const olga = await tenant.client("olga");
    expect((await olga.put(`${room}/members/eve`, {})).status).toBe(201);
    expect((await olga.patch(room, { state: "frozen" })).status).toBe(200);
    const actions = async (caller: Caller) => (await logOf(caller, "/v1/audit")).map(({ action }) => action);
    expect(await actions(tenant.server)).toEqual(["putMember", "putRoom", "createKey", "putTenant"]);
    expect(await actions(other.server)).toEqual(["createKey", "putTenant"]);
  });
}
