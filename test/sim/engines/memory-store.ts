import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { MessageVersion, User } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import type { Deployment } from "#shared/store/deployment.ts";
import type { LastSeen } from "#shared/store/last-seen.ts";
import type { ClosedRoom, DueRoom } from "#shared/store/listings.ts";
import { messageRange } from "#shared/store/message-range.ts";
import { changedProfile } from "#shared/store/profile.ts";
import type {
  ApiKeyRow,
  EventRow,
  MemberRow,
  MembershipRow,
  MessageRow,
  ProfileChange,
  RoomHead,
  RoomWrite,
  Store,
  StoredRoom,
  TenantRow,
} from "#shared/store/store.ts";
import { defaultUserSettings, type Privacy, type UserSettings } from "#shared/store/user-settings.ts";
import { MemoryAudit } from "./memory-audit.ts";
import { callNamed, callOfUser, callsOf } from "./memory-calls.ts";
import { MemoryErasures } from "./memory-erasures.ts";
import { closedRooms, dueRooms, openRooms, seenRooms } from "./memory-listings.ts";
import { MemoryMedia } from "./memory-media.ts";
import { MemoryReports } from "./memory-reports.ts";
import { MemoryRetention } from "./memory-retention.ts";
import {
  emptyRoom,
  foundIn,
  membersOf,
  messageIn,
  messagesInThread,
  newerWins,
  type RoomRows,
  type Wins,
  writeHead,
  writeRowsBeforeHead,
} from "./memory-rooms.ts";
import { MemoryWebhooks } from "./memory-webhooks.ts";

/** A store that keeps everything in memory and answers at once; held to the contract of the real ones. */
export class MemoryStore implements Store {
  readonly webhooks = new MemoryWebhooks();
  readonly audit = new MemoryAudit();
  readonly reports = new MemoryReports();
  readonly media = new MemoryMedia();
  readonly erasures: MemoryErasures;
  readonly retention: MemoryRetention;
  readonly #wins: Wins;
  readonly #rooms = new Map<string, RoomRows>();
  readonly #tenants = new Map<string, TenantRow>();
  readonly #apiKeys = new Map<string, ApiKeyRow>();
  readonly #users = new Map<string, User>();
  readonly #revocations = new Map<string, string>();
  readonly #lastSeen = new Map<string, string>();
  readonly #settings = new Map<string, UserSettings>();
  readonly #dueDone = new Map<number, string>();
  #deployment: Deployment | null = null;
  #closed = false;

  constructor(wins: Wins = newerWins) {
    this.#wins = wins;
    this.retention = new MemoryRetention(this.#rooms, this.#tenants);
    this.erasures = new MemoryErasures(this.#rooms, [this.#users, this.#settings, this.#lastSeen]);
  }

  /** The first half of a write: a crash may come after it. */
  writeRowsBeforeHead(write: RoomWrite): void {
    writeRowsBeforeHead(this.#room(write.tenantId, write.head.roomId), write, this.#wins);
  }

  writeHead(write: RoomWrite): void {
    writeHead(this.#room(write.tenantId, write.head.roomId), write, this.#wins);
  }

  async writeRooms(writes: readonly RoomWrite[]): Promise<void> {
    this.#assertOpen();
    for (const write of copyOf(writes)) {
      this.writeRowsBeforeHead(write);
      this.writeHead(write);
    }
  }

  async loadRoom(tenantId: string, roomId: string): Promise<StoredRoom | null> {
    this.#assertOpen();
    const room = this.#rooms.get(`${tenantId}/${roomId}`);
    if (room === undefined || room.head === null) return null;
    const head = room.head.row;
    const recent = await this.readMessages(tenantId, roomId, {
      before: head.number + 1,
      limit: limits.recentMessageIdsMax,
    });
    return {
      head,
      members: membersOf(room),
      unsettled: [],
      recent: recent
        .map(({ message }) => ({ messageId: message.id, number: message.number, seq: message.seq }))
        .reverse(),
    };
  }

  async readHeads(tenantId: string, roomIds: readonly string[]): Promise<(RoomHead | null)[]> {
    this.#assertOpen();
    return roomIds.map((roomId) => this.#rooms.get(`${tenantId}/${roomId}`)?.head?.row ?? null);
  }

  async readMemberships(
    ...[tenantId, userId, roomIds]: Parameters<Store["readMemberships"]>
  ): Promise<(MembershipRow | null)[]> {
    this.#assertOpen();
    return roomIds.map((roomId) => {
      const room = this.#rooms.get(`${tenantId}/${roomId}`);
      if (room === undefined || room.head === null) return null;
      return { head: room.head.row, member: room.members.get(userId)?.row ?? null };
    });
  }

  async readMember(tenantId: string, roomId: string, userId: string): Promise<MemberRow | null> {
    this.#assertOpen();
    const room = this.#rooms.get(`${tenantId}/${roomId}`);
    return room === undefined || room.head === null ? null : (room.members.get(userId)?.row ?? null);
  }

  async readMembers(
    tenantId: string,
    roomId: string,
    { after = "", limit }: { after?: string; limit: number },
  ): Promise<MemberRow[]> {
    this.#assertOpen();
    const room = this.#rooms.get(`${tenantId}/${roomId}`);
    if (room === undefined || room.head === null) return [];
    return membersOf(room)
      .filter(({ userId }) => userId > after)
      .slice(0, limit);
  }

  async readMessages(
    tenantId: string,
    roomId: string,
    page: { before?: number; after?: number; limit: number },
  ): Promise<MessageRow[]> {
    this.#assertOpen();
    const room = this.#rooms.get(`${tenantId}/${roomId}`);
    const range = messageRange(page, room?.head?.row.number ?? 0, room?.head?.row.expired?.number);
    const rows: MessageRow[] = [];
    for (let number = range?.to ?? 0; number >= (range?.from ?? 1); number--) {
      const row = room?.messages.get(number)?.row;
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  async readMessage(tenantId: string, roomId: string, messageId: string): Promise<MessageRow | null> {
    this.#assertOpen();
    return messageIn(this.#rooms.get(`${tenantId}/${roomId}`), messageId);
  }

  async readThread(...[tenantId, roomId, page]: Parameters<Store["readThread"]>): Promise<MessageRow[]> {
    this.#assertOpen();
    return messagesInThread(this.#rooms.get(`${tenantId}/${roomId}`), page);
  }

  async readVersions(
    tenantId: string,
    roomId: string,
    { number, afterSeq, limit }: { number: number; afterSeq: number; limit: number },
  ): Promise<MessageVersion[]> {
    this.#assertOpen();
    const room = this.#rooms.get(`${tenantId}/${roomId}`);
    const newest = room?.head?.row.seq ?? 0;
    return [...(room?.versions.values() ?? [])]
      .flatMap(({ row }) => (row?.number === number ? [row.content] : []))
      .filter(({ seq }) => seq > afterSeq && seq <= newest)
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit);
  }

  async findMessages(tenantId: string, roomId: string, messageIds: readonly string[]) {
    this.#assertOpen();
    return foundIn(this.#rooms.get(`${tenantId}/${roomId}`), messageIds);
  }

  /** For who judges a run: messages that were let go, as they were, by number. */
  gone(tenantId: string, roomId: string): MessageRow[] {
    return [...(this.#rooms.get(`${tenantId}/${roomId}`)?.gone.values() ?? [])];
  }

  async readEvents(
    tenantId: string,
    roomId: string,
    { afterSeq, limit }: { afterSeq: number; limit: number },
  ): Promise<EventRow[]> {
    this.#assertOpen();
    const room = this.#rooms.get(`${tenantId}/${roomId}`);
    const newest = room?.head?.row.seq ?? 0;
    const rows: EventRow[] = [];
    for (let seq = afterSeq + 1; seq <= newest && rows.length < limit; seq++) {
      const row = room?.events.get(seq)?.row;
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  async listOpenRooms(tenantId: string, userId: string): Promise<string[]> {
    this.#assertOpen();
    return openRooms(this.#rooms, tenantId, userId);
  }

  async listDue(partition: number, range: Parameters<Store["listDue"]>[1]): Promise<DueRoom[]> {
    return dueRooms(this.#rooms, partition, range);
  }

  async readDueDone(partition: number): Promise<string | null> {
    return this.#dueDone.get(partition) ?? null;
  }

  async setDueDone(partition: number, at: string): Promise<void> {
    this.#dueDone.set(partition, at);
  }

  async listClosedRooms(
    ...[tenantId, userId, page]: Parameters<Store["listClosedRooms"]>
  ): Promise<ClosedRoom[]> {
    return closedRooms(this.#rooms, { tenantId, userId }, page);
  }

  async readCalls(...[tenantId, roomId, page]: Parameters<Store["readCalls"]>): Promise<CallRow[]> {
    this.#assertOpen();
    return callsOf(this.#rooms.get(`${tenantId}/${roomId}`), page);
  }

  async readCallOf(tenantId: string, userId: string): Promise<{ roomId: string; row: CallRow } | null> {
    this.#assertOpen();
    return callOfUser(this.#rooms, tenantId, userId);
  }

  async readCall(tenantId: string, callId: string): Promise<{ roomId: string; row: CallRow } | null> {
    this.#assertOpen();
    return callNamed(this.#rooms, tenantId, callId);
  }

  async listSeenRooms(tenantId: string, userId: string): Promise<string[]> {
    return seenRooms(this.#rooms, tenantId, userId);
  }

  async putTenant(tenant: TenantRow): Promise<void> {
    this.#tenants.set(tenant.tenantId, tenant);
  }

  async getTenant(tenantId: string): Promise<TenantRow | null> {
    return this.#tenants.get(tenantId) ?? null;
  }

  async putApiKey(key: ApiKeyRow): Promise<void> {
    this.#apiKeys.set(key.keyId, key);
  }

  async getApiKey(keyId: string): Promise<ApiKeyRow | null> {
    return this.#apiKeys.get(keyId) ?? null;
  }

  async listApiKeys(tenantId: string): Promise<ApiKeyRow[]> {
    const keys = [...this.#apiKeys.values()].filter((key) => key.tenantId === tenantId);
    return keys.sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  }

  async upsertUser(tenantId: string, userId: string, change: ProfileChange): Promise<User> {
    const key = `${tenantId}/${userId}`;
    const user = changedProfile(this.#users.get(key) ?? null, userId, change);
    this.#users.set(key, user);
    return user;
  }

  async getUser(tenantId: string, userId: string): Promise<User | null> {
    return this.#users.get(`${tenantId}/${userId}`) ?? null;
  }

  async readUserSettings(tenantId: string, userIds: readonly string[]): Promise<UserSettings[]> {
    return userIds.map((userId) => this.#settings.get(`${tenantId}/${userId}`) ?? defaultUserSettings);
  }

  async setPrivacy(tenantId: string, userId: string, change: Partial<Privacy>): Promise<void> {
    const [before] = await this.readUserSettings(tenantId, [userId]);
    this.#settings.set(`${tenantId}/${userId}`, { ...defaultUserSettings, ...before, ...change });
  }

  async setBlocked(tenantId: string, userId: string, otherId: string, isBlocked: boolean): Promise<void> {
    const before = this.#settings.get(`${tenantId}/${userId}`) ?? defaultUserSettings;
    const others = before.blocked.filter((id) => id !== otherId);
    const blocked = isBlocked ? [...others, otherId].sort() : others;
    this.#settings.set(`${tenantId}/${userId}`, { ...before, blocked });
  }

  async setRevokedBefore(tenantId: string, userId: string, before: string): Promise<void> {
    const key = `${tenantId}/${userId}`;
    if ((this.#revocations.get(key) ?? "") < before) this.#revocations.set(key, before);
  }

  async getRevokedBefore(tenantId: string, userId: string): Promise<string | null> {
    return this.#revocations.get(`${tenantId}/${userId}`) ?? null;
  }

  async setLastSeen(seen: readonly LastSeen[]): Promise<void> {
    for (const { tenantId, userId, at } of seen) {
      const key = `${tenantId}/${userId}`;
      if (this.erasures.isForgotten(key, at)) continue;
      if ((this.#lastSeen.get(key) ?? "") < at) this.#lastSeen.set(key, at);
    }
  }

  async readLastSeen(tenantId: string, userIds: readonly string[]): Promise<(string | null)[]> {
    return userIds.map((userId) => this.#lastSeen.get(`${tenantId}/${userId}`) ?? null);
  }

  async pinDeployment(deployment: Deployment): Promise<Deployment> {
    this.#deployment ??= deployment;
    return this.#deployment;
  }

  async ping(): Promise<void> {
    this.#assertOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #room(tenantId: string, roomId: string): RoomRows {
    const key = `${tenantId}/${roomId}`;
    const room = this.#rooms.get(key) ?? emptyRoom();
    this.#rooms.set(key, room);
    return room;
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError("store_unavailable", "The store is closed.");
  }
}

/** As an engine keeps it: apart from the writer's own. Throws where it cannot be written. */
export function copyOf(writes: readonly RoomWrite[]): RoomWrite[] {
  return JSON.parse(JSON.stringify(writes)) as RoomWrite[];
}
