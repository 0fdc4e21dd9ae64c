import { systemClock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { StoreObserver } from "../observer.ts";
import type { Store } from "../store.ts";
import { createAuditStore } from "./audit.ts";
import { boundary } from "./boundary.ts";
import { CallReads } from "./calls.ts";
import { ClosedRooms } from "./closed-rooms.ts";
import { type CassandraConnection, type Consistency, cassandraClient } from "./connection.ts";
import { Directory } from "./directory.ts";
import { DueRooms } from "./due-rooms.ts";
import { createErasureStore } from "./erasures.ts";
import { EventReads } from "./event-reads.ts";
import { createMediaStore } from "./media.ts";
import { MessageReads } from "./message-reads.ts";
import { createReportStore } from "./reports.ts";
import { createRetentionStore } from "./retention.ts";
import { RoomReads } from "./room-reads.ts";
import { writeAgain, writeRooms } from "./room-writes.ts";
import { SchemaMismatch, schemaVersion, storeMigrations } from "./schema.ts";
import { Session } from "./session.ts";
import { UserSettingsTable } from "./user-settings.ts";
import { Users } from "./users.ts";
import { createWebhookStore } from "./webhook-store.ts";

export interface CassandraStoreOptions extends CassandraConnection {
  readonly keyspace: string;
  /** local_quorum unless told: right for three copies, and for one. */
  readonly consistency?: Consistency;
  /** How long durable events stay for catch-up; `limits.eventRetentionSeconds` unless told. */
  readonly eventRetentionSeconds?: number;
  readonly observer?: StoreObserver;
}

/**
 * Connects to a keyspace that `migrateCassandra` has prepared.
 *
 * @throws AppError store_unavailable; SchemaMismatch when the keyspace is of another release.
 */
export async function connectCassandraStore(options: CassandraStoreOptions): Promise<Store> {
  const { keyspace, consistency, observer } = options;
  const client = cassandraClient(options, {
    keyspace,
    ...(consistency === undefined ? {} : { consistency }),
  });
  try {
    await boundary(observer, "connect", limits.storeCallMsMax, async () => {
      const found = await schemaVersion(client, keyspace);
      if (found !== storeMigrations.length) throw new SchemaMismatch(keyspace, found);
    });
  } catch (error) {
    await client.shutdown();
    throw error;
  }

  const session = new Session(client);
  const messages = new MessageReads(session);
  const events = new EventReads(session);
  const eventTtlSeconds = options.eventRetentionSeconds ?? limits.eventRetentionSeconds;
  const rooms = new RoomReads(session, messages, (room, left) =>
    writeAgain(session, room, left, eventTtlSeconds),
  );
  const directory = new Directory(session, systemClock);
  const closed = new ClosedRooms(session, systemClock);
  const calls = new CallReads(session, async (tenantId, roomId) => {
    const [head] = await rooms.heads(tenantId, [roomId]);
    return head ?? null;
  });
  const due = new DueRooms(session);
  const users = new Users(session, systemClock);
  const settings = new UserSettingsTable(session, systemClock);
  const call = <T>(operation: string, fn: () => Promise<T>): Promise<T> =>
    boundary(observer, operation, limits.storeCallMsMax, fn);

  return {
    loadRoom: (tenantId, roomId) => call("loadRoom", () => rooms.load(tenantId, roomId)),
    writeRooms: (writes) => call("writeRooms", () => writeRooms(session, writes, eventTtlSeconds)),
    readHeads: (tenantId, roomIds) => call("readHeads", () => rooms.heads(tenantId, roomIds)),
    readMemberships: (tenantId, userId, roomIds) =>
      call("readMemberships", () => rooms.memberships(tenantId, userId, roomIds)),
    readMember: (tenantId, roomId, userId) =>
      call("readMember", () => rooms.member(tenantId, roomId, userId)),
    readMembers: (tenantId, roomId, page) => call("readMembers", () => rooms.members(tenantId, roomId, page)),
    listOpenRooms: (tenantId, userId) => call("listOpenRooms", () => rooms.openRooms(tenantId, userId)),
    listDue: (partition, range) => call("listDue", () => due.list(partition, range)),
    readDueDone: (partition) => call("readDueDone", () => due.done(partition)),
    setDueDone: (partition, at) => call("setDueDone", () => due.setDone(partition, at)),
    listClosedRooms: (tenantId, userId, page) =>
      call("listClosedRooms", () => closed.list(tenantId, userId, page)),
    listSeenRooms: (tenantId, userId) => call("listSeenRooms", () => rooms.seenRooms(tenantId, userId)),
    readMessages: (tenantId, roomId, page) =>
      call("readMessages", () => messages.page(tenantId, roomId, page)),
    readMessage: (tenantId, roomId, id) => call("readMessage", () => messages.one(tenantId, roomId, id)),
    readThread: (tenantId, roomId, page) => call("readThread", () => messages.thread(tenantId, roomId, page)),
    readVersions: (tenantId, roomId, page) =>
      call("readVersions", () => messages.versions(tenantId, roomId, page)),
    findMessages: (tenantId, roomId, ids) => call("findMessages", () => messages.find(tenantId, roomId, ids)),
    readEvents: (tenantId, roomId, page) => call("readEvents", () => events.page({ tenantId, roomId }, page)),

    readCalls: (...asked) => call("readCalls", () => calls.page(...asked)),
    readCall: (tenantId, callId) => call("readCall", () => calls.one(tenantId, callId)),
    readCallOf: (tenantId, userId) => call("readCallOf", () => calls.of(tenantId, userId)),

    putTenant: (tenant) => call("putTenant", () => directory.putTenant(tenant)),
    getTenant: (tenantId) => call("getTenant", () => directory.getTenant(tenantId)),
    putApiKey: (key) => call("putApiKey", () => directory.putApiKey(key)),
    getApiKey: (keyId) => call("getApiKey", () => directory.getApiKey(keyId)),
    listApiKeys: (tenantId) => call("listApiKeys", () => directory.listApiKeys(tenantId)),
    upsertUser: (tenantId, userId, profile) =>
      call("upsertUser", () => users.upsert(tenantId, userId, profile)),
    getUser: (tenantId, userId) => call("getUser", () => users.get(tenantId, userId)),
    readUserSettings: (tenantId, userIds) => call("readUserSettings", () => settings.read(tenantId, userIds)),
    setPrivacy: (tenantId, userId, change) =>
      call("setPrivacy", () => settings.setPrivacy(tenantId, userId, change)),
    setBlocked: (tenantId, userId, otherId, isBlocked) =>
      call("setBlocked", () => settings.setBlocked(tenantId, userId, otherId, isBlocked)),
    setRevokedBefore: (tenantId, userId, before) =>
      call("setRevokedBefore", () => users.setRevokedBefore(tenantId, userId, before)),
    getRevokedBefore: (tenantId, userId) =>
      call("getRevokedBefore", () => users.getRevokedBefore(tenantId, userId)),
    setLastSeen: (seen) => call("setLastSeen", () => users.setLastSeen(seen)),
    readLastSeen: (tenantId, userIds) => call("readLastSeen", () => users.readLastSeen(tenantId, userIds)),
    audit: createAuditStore(session, call),
    reports: createReportStore(session, call),
    media: createMediaStore(session, call),
    erasures: createErasureStore(session, systemClock, call),
    retention: createRetentionStore(session, systemClock, call),
    webhooks: createWebhookStore(session, systemClock, call),
    pinDeployment: (deployment) => call("pinDeployment", () => directory.pinDeployment(deployment)),

    ping: () =>
      boundary(observer, "ping", limits.storeConnectMsMax, async () => {
        await session.first("SELECT version FROM schema_versions WHERE version = ?", [
          storeMigrations.length,
        ]);
      }),
    close: () => client.shutdown(),
  };
}
