import { beforeEach, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { defaultSettings } from "#shared/protocol/tenant-settings.ts";
import type { ApiKeyRow, MemberRow, RoomHead, TenantRow } from "#shared/store/store.ts";
import { Authority } from "./authority.ts";

const clock = { now: 1_000_000, nowMs: () => clock.now };
const head = (roomId: string, deleted = false) => ({ roomId, deleted, state: "open" }) as RoomHead;
const member = (userId: string) => ({ userId, role: "member" }) as MemberRow;
const apiKey: ApiKeyRow = {
  keyId: "k",
  tenantId: "acme",
  secretHash: "00",
  description: null,
  createdAt: "",
  revokedAt: null,
};

/** Answers from maps, and counts how often it is asked. */
class CountingStore {
  reads = 0;
  readonly rooms = new Map<string, RoomHead>();
  readonly members = new Map<string, MemberRow>();
  readonly keys = new Map<string, ApiKeyRow>();
  readonly tenants = new Map<string, TenantRow>();
  revokedBefore: string | null = null;
  pause: Promise<void> = Promise.resolve();

  async getApiKey(keyId: string) {
    return this.#answer(() => this.keys.get(keyId) ?? null);
  }
  async getTenant(tenantId: string) {
    return this.#answer(() => this.tenants.get(tenantId) ?? null);
  }
  async getRevokedBefore() {
    return this.#answer(() => this.revokedBefore);
  }
  async readHeads(tenantId: string, roomIds: readonly string[]) {
    return this.#answer(() => roomIds.map((id) => this.rooms.get(`${tenantId}/${id}`) ?? null));
  }
  async readMemberships(tenantId: string, userId: string, roomIds: readonly string[]) {
    return this.#answer(() =>
      roomIds.map((id) => {
        const head = this.rooms.get(`${tenantId}/${id}`);
        return head === undefined
          ? null
          : { head, member: this.members.get(`${tenantId}/${id}/${userId}`) ?? null };
      }),
    );
  }
  async #answer<T>(read: () => T): Promise<T> {
    this.reads++;
    const value = read();
    await this.pause;
    return value;
  }
}

let store: CountingStore;
let authority: Authority;
beforeEach(() => {
  store = new CountingStore();
  authority = new Authority({ store, clock });
});

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "allowed",
    (error: { code: string }) => error.code,
  );

test("a membership is asked for once in a second, and again after it", async () => {
  store.rooms.set("acme/r", head("r"));
  store.members.set("acme/r/u", member("u"));
  await Promise.all(Array.from({ length: 10 }, () => authority.membership("acme", "r", "u")));
  const reads = store.reads;
  expect(reads).toBe(1);
  store.members.delete("acme/r/u");
  expect(await code(authority.membership("acme", "r", "u"))).toBe("allowed");
  expect(store.reads).toBe(reads);
  clock.now += limits.authorityCacheMs;
  expect(await code(authority.membership("acme", "r", "u"))).toBe("not_a_member");
});

test("a refusal is never from memory: who was just let in may send at once", async () => {
  expect(await code(authority.membership("acme", "r", "u"))).toBe("room_not_found");
  store.rooms.set("acme/r", head("r"));
  expect(await code(authority.membership("acme", "r", "u"))).toBe("not_a_member");
  store.members.set("acme/r/u", member("u"));
  expect(await code(authority.membership("acme", "r", "u"))).toBe("allowed");
});

test("a deleted room is no room, and another tenant's is none either", async () => {
  store.rooms.set("acme/r", head("r", true));
  store.members.set("acme/r/u", member("u"));
  expect(await code(authority.membership("acme", "r", "u"))).toBe("room_not_found");
  expect(await code(authority.room("acme", "r"))).toBe("room_not_found");
  store.rooms.set("acme/r", head("r"));
  expect(await code(authority.membership("brand", "r", "u"))).toBe("room_not_found");
  expect(await code(authority.room("brand", "r"))).toBe("room_not_found");
});

test("an answer that was asked for before a change does not outlive it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  store.pause = promise;
  const early = authority.revokedBeforeMs("acme", "u");
  authority.forgetRevocation("acme", "u");
  store.revokedBefore = "2026-11-23T12:00:00.000Z";
  store.pause = Promise.resolve();
  expect(await authority.revokedBeforeMs("acme", "u")).toBe(Date.parse(store.revokedBefore));
  resolve();
  expect(await early).toBe(0);
  expect(await authority.revokedBeforeMs("acme", "u")).toBe(Date.parse(store.revokedBefore));
});

test("a key that was just made works at once, and one that was forgotten is asked for anew", async () => {
  expect(await authority.apiKey("k")).toBeNull();
  store.keys.set("k", apiKey);
  expect(await authority.apiKey("k")).toEqual(apiKey);
  store.keys.set("k", { ...apiKey, revokedAt: "x" });
  expect((await authority.apiKey("k"))?.revokedAt).toBeNull();
  authority.forgetApiKey("k");
  expect((await authority.apiKey("k"))?.revokedAt).toBe("x");
});

test("settings are the defaults but for what the operator chose, and are asked for once in a second", async () => {
  const chosen = { tokenTtlSeconds: 60 };
  expect(await authority.settings("acme")).toEqual(defaultSettings);
  store.tenants.set("acme", { tenantId: "acme", name: null, settings: chosen, createdAt: "" });
  expect(await authority.settings("acme")).toEqual(defaultSettings);
  expect(store.reads).toBe(1);
  authority.forgetSettings("acme");
  expect(await authority.settings("acme")).toEqual({ ...defaultSettings, ...chosen });
  expect(await authority.settings("brand")).toEqual(defaultSettings);
});

test("settings that were known hold on while the store is away or silent, and no longer", async () => {
  const chosen = { tokenTtlSeconds: 60 };
  await expect(authority.settings("acme")).resolves.toEqual(defaultSettings);
  store.tenants.set("acme", { tenantId: "acme", name: null, settings: chosen, createdAt: "" });
  clock.now += limits.authorityCacheMs;
  store.pause = Promise.reject(new Error("down"));
  expect(await authority.settings("acme")).toEqual(defaultSettings);
  await expect(authority.settings("brand")).rejects.toThrow("down");
  const { promise, resolve } = Promise.withResolvers<void>();
  store.pause = promise;
  expect(await authority.settings("acme")).toEqual(defaultSettings);
  resolve();
  store.pause = Promise.resolve();
  await new Promise(setImmediate);
  clock.now += limits.authorityCacheMs;
  expect(await authority.settings("acme")).toEqual({ ...defaultSettings, ...chosen });
});

test("an answer that failed is asked for again", async () => {
  store.pause = Promise.reject(new Error("down"));
  await expect(authority.room("acme", "r")).rejects.toThrow("down");
  store.pause = Promise.resolve();
  store.rooms.set("acme/r", head("r"));
  expect((await authority.room("acme", "r")).roomId).toBe("r");
});
