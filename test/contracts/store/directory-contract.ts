import { expect, test } from "vitest";
import type { ApiKeyRow } from "#shared/store/store.ts";
import type { Subject } from "./contract.ts";

const t = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const awkward = "Ünïcödé 👩‍👧 \u0000 \u202bשלום\n'quoted'";

export function directoryContract({ store, tenant }: Subject): void {
  test("a tenant is what was last put", async () => {
    const tenantId = tenant();
    expect(await store().getTenant(tenantId)).toBeNull();
    for (const name of ["First", awkward, null]) {
      const row = { tenantId, name, settings: { tokenTtlSeconds: 60 }, createdAt: t(0) };
      await store().putTenant(row);
      expect(await store().getTenant(tenantId)).toEqual(row);
    }
  });

  test("writes of a tenant, one after the other, end as the last", async () => {
    const tenantId = tenant();
    for (let n = 0; n <= 50; n++)
      await store().putTenant({ tenantId, name: `${n}`, settings: {}, createdAt: t(0) });
    expect((await store().getTenant(tenantId))?.name).toBe("50");
  });

  test("a key is found by its id, and with its tenant's others", async () => {
    const tenantId = tenant();
    const keys = [1, 2, 3].map(
      (n): ApiKeyRow => ({
        keyId: `${tenantId}-key-${n}`,
        tenantId,
        secretHash: `${n}`.repeat(64),
        description: n === 1 ? null : awkward,
        createdAt: t(n),
        revokedAt: null,
      }),
    );
    for (const key of keys) await store().putApiKey(key);
    for (const key of keys) expect(await store().getApiKey(key.keyId)).toEqual(key);
    const byId = (a: ApiKeyRow, b: ApiKeyRow) => (a.keyId < b.keyId ? -1 : 1);
    expect((await store().listApiKeys(tenantId)).sort(byId)).toEqual(keys);
    expect(await store().getApiKey(`${tenantId}-key-4`)).toBeNull();

    const revoked = { ...(keys[1] as ApiKeyRow), revokedAt: t(9) };
    await store().putApiKey(revoked);
    expect(await store().getApiKey(revoked.keyId)).toEqual(revoked);
    expect((await store().listApiKeys(tenantId)).find(({ keyId }) => keyId === revoked.keyId)).toEqual(
      revoked,
    );
  });

  test("a profile's fields are set one by one, and the rest stays", async () => {
    const tenantId = tenant();
    const upsert = (change: object, second: number) =>
      store().upsertUser(tenantId, "u", { ...change, at: t(second) });
    expect(await store().getUser(tenantId, "u")).toBeNull();

    const empty = { userId: "u", displayName: null, avatarUrl: null, custom: null, createdAt: t(1) };
    expect(await upsert({}, 1)).toEqual({ ...empty, updatedAt: t(1) });
    expect(await upsert({ displayName: awkward }, 2)).toEqual({
      ...empty,
      displayName: awkward,
      updatedAt: t(2),
    });
    const custom = { plan: { tier: 3, on: true, none: null, [awkward]: [1] } };
    expect(await upsert({ custom }, 3)).toEqual({ ...empty, displayName: awkward, custom, updatedAt: t(3) });
    const avatarUrl = "https://example.com/a.png";
    const cleared = { ...empty, avatarUrl, custom, updatedAt: t(4) };
    expect(await upsert({ displayName: null, avatarUrl }, 4)).toEqual(cleared);
    expect(await store().getUser(tenantId, "u")).toEqual(cleared);
    expect(await upsert({ custom: null, avatarUrl: undefined }, 5)).toEqual({
      ...empty,
      avatarUrl,
      updatedAt: t(5),
    });
  });

  test("changes of different fields at the same time are all kept", async () => {
    const tenantId = tenant();
    await store().upsertUser(tenantId, "u", { displayName: "before", at: t(1) });
    await Promise.all([
      store().upsertUser(tenantId, "u", { displayName: "after", at: t(2) }),
      store().upsertUser(tenantId, "u", { avatarUrl: "https://example.com/a", at: t(2) }),
      store().upsertUser(tenantId, "u", { custom: { a: 1 }, at: t(2) }),
    ]);
    expect(await store().getUser(tenantId, "u")).toEqual({
      userId: "u",
      displayName: "after",
      avatarUrl: "https://example.com/a",
      custom: { a: 1 },
      createdAt: t(1),
      updatedAt: t(2),
    });
  });

  test("what users want for themselves is set one by one, and the rest stays", async () => {
    const [one, other] = [tenant(), tenant()];
    const read = async (tenantId = one) => (await store().readUserSettings(tenantId, ["u", "v"])) as object[];
    const quiet = { receipts: true, presence: true, blocked: [] };
    expect(await read()).toEqual([quiet, quiet]);
    expect(await store().readUserSettings(one, [])).toEqual([]);
    await store().setPrivacy(one, "u", { receipts: false });
    await store().setPrivacy(one, "u", { presence: false });
    await store().setPrivacy(one, "v", {});
    expect(await read()).toEqual([{ receipts: false, presence: false, blocked: [] }, quiet]);
    await store().setPrivacy(one, "u", { receipts: true, presence: true });
    await Promise.all(["y", "x", "z", "x"].map((id) => store().setBlocked(one, "u", id, true)));
    expect(await read()).toEqual([{ ...quiet, blocked: ["x", "y", "z"] }, quiet]);
    await store().setBlocked(one, "u", "x", false);
    await store().setBlocked(one, "u", "nobody", false);
    await store().setPrivacy(one, "u", { presence: false });
    expect(await read()).toEqual([{ receipts: true, presence: false, blocked: ["y", "z"] }, quiet]);
    for (const isBlocked of [true, false, true]) await store().setBlocked(one, "v", "w", isBlocked);
    for (const isBlocked of [false, true, false]) await store().setBlocked(one, "u", "y", isBlocked);
    expect(await read()).toEqual([
      { receipts: true, presence: false, blocked: ["z"] },
      { ...quiet, blocked: ["w"] },
    ]);
    expect(await read(other)).toEqual([quiet, quiet]);
  });

  test("a revocation only moves forward", async () => {
    const tenantId = tenant();
    expect(await store().getRevokedBefore(tenantId, "u")).toBeNull();
    for (const [set, expected] of [
      [10, 10],
      [5, 10],
      [10, 10],
      [20, 20],
      [19, 20],
    ] as const) {
      await store().setRevokedBefore(tenantId, "u", t(set));
      expect(await store().getRevokedBefore(tenantId, "u")).toBe(t(expected));
    }
    await Promise.all([30, 50, 40].map((s) => store().setRevokedBefore(tenantId, "u", t(s))));
    expect(await store().getRevokedBefore(tenantId, "u")).toBe(t(50));
    expect(await store().getUser(tenantId, "u")).toBeNull();
  });

  test("when users were last seen only moves forward, each for itself", async () => {
    const [one, other] = [tenant(), tenant()];
    expect(await store().readLastSeen(one, ["u", "v"])).toEqual([null, null]);
    expect(await store().readLastSeen(one, [])).toEqual([]);
    await store().setLastSeen([]);
    const seen = (tenantId: string, userId: string, second: number) => ({ tenantId, userId, at: t(second) });
    await store().setLastSeen([seen(one, "u", 10), seen(one, "v", 20), seen(other, "u", 30)]);
    await store().setLastSeen([seen(one, "u", 9), seen(one, "v", 21)]);
    await store().setLastSeen([seen(one, "u", 10)]);
    expect(await store().readLastSeen(one, ["v", "nobody", "u"])).toEqual([t(21), null, t(10)]);
    expect(await store().readLastSeen(other, ["u", "v"])).toEqual([t(30), null]);
    const many = Array.from({ length: 150 }, (_, n) => seen(one, `many-${n}`, n % 60));
    await store().setLastSeen(many);
    const userIds = many.map(({ userId }) => userId);
    expect(await store().readLastSeen(one, userIds)).toEqual(many.map(({ at }) => at));
  });
}
