import { type Database, orUnavailable } from "#shared/embedded/database.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { observed, type StoreObserver } from "../observer.ts";
import type { Store } from "../store.ts";
import { createAuditStore } from "./audit.ts";
import { createCallReads } from "./calls.ts";
import { createDirectory } from "./directory.ts";
import { createDueRooms } from "./due-rooms.ts";
import { createErasureStore } from "./erasures.ts";
import { createMediaStore } from "./media.ts";
import { createMemberReads } from "./member-reads.ts";
import { createMessageReads } from "./message-reads.ts";
import { createReportStore } from "./reports.ts";
import { createRetentionStore } from "./retention.ts";
import { createRoomReads } from "./room-reads.ts";
import { createRoomWriter } from "./room-writes.ts";
import { migrateEmbedded } from "./schema.ts";
import { createUserSettings } from "./user-settings.ts";
import { createWebhookStore } from "./webhook-store.ts";

export interface EmbeddedStoreOptions {
  /** Shared with the embedded log, and closed by whoever opened it. */
  readonly database: Database;
  /** How long durable events stay for catch-up; `limits.eventRetentionSeconds` unless told. */
  readonly eventRetentionSeconds?: number;
  readonly observer?: StoreObserver;
}

/**
 * The store of a single-machine deployment, on SQLite.
 *
 * What `writeRooms` wrote survives the death of the process at once. A loss of power may take its newest part, always
 * together with the commit of the commands that made it, so the log gives them again. What comes from nowhere else
 * (tenants, keys, profiles, revocations) is on disk when the call resolves.
 *
 * @throws Error when a newer release has written the file.
 */
export function createEmbeddedStore({
  database,
  eventRetentionSeconds,
  observer,
}: EmbeddedStoreOptions): Store {
  migrateEmbedded(database);
  const writeRooms = createRoomWriter(database, eventRetentionSeconds);
  const rooms = createRoomReads(database);
  const members = createMemberReads(database);
  const messages = createMessageReads(database);
  const calls = createCallReads(database);
  const due = createDueRooms(database);
  const directory = createDirectory(database);
  const settings = createUserSettings(database);
  let closed = false;

  const call = <T>(operation: string, fn: () => T): Promise<T> =>
    observed(observer, operation, async () => {
      if (closed) throw new AppError("store_unavailable", "The store is closed.");
      return orUnavailable("store_unavailable", fn);
    });
  /** Also waits until what `fn` wrote would survive a loss of power. */
  const durableCall = <T>(operation: string, fn: () => T): Promise<T> =>
    observed(observer, operation, async () => {
      if (closed) throw new AppError("store_unavailable", "The store is closed.");
      const result = orUnavailable("store_unavailable", () => database.transaction(fn));
      await database.sync();
      return result;
    });

  return {
    loadRoom: (tenantId, roomId) => call("loadRoom", () => rooms.load(tenantId, roomId)),
    writeRooms: (writes) => call("writeRooms", () => writeRooms(writes)),
    readHeads: (tenantId, roomIds) => call("readHeads", () => rooms.heads(tenantId, roomIds)),
    readMemberships: (tenantId, userId, roomIds) =>
      call("readMemberships", () =>
        rooms.heads(tenantId, roomIds).map((head) => {
          return head === null ? null : { head, member: members.one(tenantId, head.roomId, userId) };
        }),
      ),
    readMember: (tenantId, roomId, userId) => call("readMember", () => members.one(tenantId, roomId, userId)),
    readMembers: (tenantId, roomId, page) => call("readMembers", () => members.page(tenantId, roomId, page)),
    listOpenRooms: (tenantId, userId) => call("listOpenRooms", () => members.openRooms(tenantId, userId)),
    listDue: (partition, range) => call("listDue", () => due.list(partition, range)),
    readDueDone: (partition) => call("readDueDone", () => due.done(partition)),
    setDueDone: (partition, at) => call("setDueDone", () => due.setDone(partition, at)),
    listClosedRooms: (tenantId, userId, page) =>
      call("listClosedRooms", () => members.closedRooms(tenantId, userId, page)),
    listSeenRooms: (tenantId, userId) => call("listSeenRooms", () => members.seenRooms(tenantId, userId)),
    readMessages: (tenantId, roomId, page) =>
      call("readMessages", () => messages.page(tenantId, roomId, page)),
    readMessage: (tenantId, roomId, id) => call("readMessage", () => messages.one(tenantId, roomId, id)),
    readThread: (tenantId, roomId, page) => call("readThread", () => messages.thread(tenantId, roomId, page)),
    readVersions: (tenantId, roomId, page) =>
      call("readVersions", () => messages.versions(tenantId, roomId, page)),
    findMessages: (tenantId, roomId, ids) => call("findMessages", () => messages.find(tenantId, roomId, ids)),
    readEvents: (tenantId, roomId, page) => call("readEvents", () => messages.events(tenantId, roomId, page)),

    readCalls: (...asked) => call("readCalls", () => calls.page(...asked)),
    readCall: (tenantId, callId) => call("readCall", () => calls.one(tenantId, callId)),
    readCallOf: (tenantId, userId) => call("readCallOf", () => calls.of(tenantId, userId)),

    putTenant: (tenant) => durableCall("putTenant", () => directory.putTenant(tenant)),
    getTenant: (tenantId) => call("getTenant", () => directory.getTenant(tenantId)),
    putApiKey: (key) => durableCall("putApiKey", () => directory.putApiKey(key)),
    getApiKey: (keyId) => call("getApiKey", () => directory.getApiKey(keyId)),
    listApiKeys: (tenantId) => call("listApiKeys", () => directory.listApiKeys(tenantId)),
    upsertUser: (tenantId, userId, profile) =>
      durableCall("upsertUser", () => directory.upsertUser(tenantId, userId, profile)),
    getUser: (tenantId, userId) => call("getUser", () => directory.getUser(tenantId, userId)),
    readUserSettings: (tenantId, userIds) => call("readUserSettings", () => settings.read(tenantId, userIds)),
    setPrivacy: (tenantId, userId, change) =>
      durableCall("setPrivacy", () => settings.setPrivacy(tenantId, userId, change)),
    setBlocked: (tenantId, userId, otherId, isBlocked) =>
      durableCall("setBlocked", () => settings.setBlocked(tenantId, userId, otherId, isBlocked)),
    setRevokedBefore: (tenantId, userId, before) =>
      durableCall("setRevokedBefore", () => directory.setRevokedBefore(tenantId, userId, before)),
    getRevokedBefore: (tenantId, userId) =>
      call("getRevokedBefore", () => directory.getRevokedBefore(tenantId, userId)),
    // Not waited for on the disk: what a loss of power takes of it, it takes of the interests that ended it too.
    setLastSeen: (seen) => call("setLastSeen", () => database.transaction(() => directory.setLastSeen(seen))),
    readLastSeen: (tenantId, userIds) =>
      call("readLastSeen", () => directory.readLastSeen(tenantId, userIds)),
    audit: createAuditStore(database, { call, durableCall }),
    reports: createReportStore(database, { call, durableCall }),
    media: createMediaStore(database, { call, durableCall }),
    erasures: createErasureStore(database, { call, durableCall }),
    retention: createRetentionStore(database, { call, durableCall }),
    webhooks: createWebhookStore(database, { call, durableCall }),
    pinDeployment: (deployment) => durableCall("pinDeployment", () => directory.pinDeployment(deployment)),

    ping: () => call("ping", () => database.transaction(() => undefined)),
    async close() {
      closed = true;
    },
  };
}
