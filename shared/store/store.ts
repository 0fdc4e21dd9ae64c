import type { OpenDigits } from "#shared/masking/split-numbers.ts";
import type { KeptBeforeSend } from "#shared/protocol/before-send.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Message, MessageVersion, Pin, Role, Room } from "#shared/protocol/resources.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";
import type { AuditStore } from "./audit-store.ts";
import type { CallRow, CallStore, StillRecorded } from "./call-store.ts";
import type { DirectoryStore } from "./directory-store.ts";
import type { ErasureStore, ForgottenRow } from "./erasure-store.ts";
import type { ClosedRoom, DueRoom } from "./listings.ts";
import type { MediaStore } from "./media-store.ts";
import type { ReportStore } from "./report-store.ts";
import type { RetentionStore } from "./retention-store.ts";
import type { WebhookStore } from "./webhook-store.ts";

/**
 * What is kept: the history of rooms, who is in them, tenants, keys and profiles.
 * Two implementations: `cassandra/` and `embedded/`; `test/contracts/store` says what both must do.
 *
 * Every key begins with the tenant: nothing can be read across tenants.
 * Calls reject with AppError store_unavailable when the engine cannot be reached in time.
 */
export interface Store extends RoomStore, DirectoryStore {
  readonly webhooks: WebhookStore;
  readonly audit: AuditStore;
  readonly reports: ReportStore;
  readonly media: MediaStore;
  readonly erasures: ErasureStore;
  readonly retention: RetentionStore;
  /** Rejects when the store cannot be reached within 2 s: for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The room's history and state, written by the room's single writer alone. */
interface RoomStore extends CallStore {
  /** A room's state with all its members; null when there is none (a deleted room is still a room here). */
  loadRoom(tenantId: string, roomId: string): Promise<StoredRoom | null>;

  /**
   * Writes what became of rooms in one batch of a partition. Durable when it resolves (embedded: or replayed, as what
   * a loss of power takes from it, it takes from the log's commits too).
   *
   * Events, messages and the lists of members are there before the head says so, and no read shows a message or an
   * event that the head does not speak of. A head, its members and the messages that `changed` names change together:
   * no read shows such a message otherwise than the head of that moment has it. So a crash in between leaves the room
   * as it was, and the replay makes it whole.
   *
   * Rows carry the log position that made them, and a row from an earlier position never replaces one from a later:
   * the same call again changes nothing, and a stale writer cannot win. At one position a removal wins.
   */
  writeRooms(writes: readonly RoomWrite[]): Promise<void>;

  /** Heads alone, in the order asked for; null where there is no such room. */
  readHeads(tenantId: string, roomIds: readonly string[]): Promise<(RoomHead | null)[]>;

  /** Rooms with what one user is in each, both of one moment, in the order asked for; null where there is no room. */
  readMemberships(
    tenantId: string,
    userId: string,
    roomIds: readonly string[],
  ): Promise<(MembershipRow | null)[]>;

  readMember(tenantId: string, roomId: string, userId: string): Promise<MemberRow | null>;
  /** By userId, ascending in bytes, those after `after`. */
  readMembers(
    tenantId: string,
    roomId: string,
    page: { after?: string; limit: number },
  ): Promise<MemberRow[]>;

  /**
   * Messages by `number`, newest first; those that `expired` names are passed over. `before` and `after` are exclusive; with `after` alone the page starts there
   * (the `limit` oldest of those after it, still newest first).
   */
  readMessages(
    tenantId: string,
    roomId: string,
    page: { before?: number; after?: number; limit: number },
  ): Promise<MessageRow[]>;
  readMessage(tenantId: string, roomId: string, messageId: string): Promise<MessageRow | null>;
  /**
   * Messages of the thread that begins with one, newest first, without it.
   *
   * @param page.before only those with a smaller number.
   */
  readThread(
    tenantId: string,
    roomId: string,
    page: { readonly rootId: string; readonly before?: number; readonly limit: number },
  ): Promise<MessageRow[]>;
  /** What a message said before each of its changes, those with seq > afterSeq, ascending. */
  readVersions(
    tenantId: string,
    roomId: string,
    page: { number: number; afterSeq: number; limit: number },
  ): Promise<MessageVersion[]>;
  /** Those of the given ids that are messages of the room. */
  findMessages(tenantId: string, roomId: string, messageIds: readonly string[]): Promise<FoundMessages>;

  /** Durable events with seq > afterSeq, ascending. Old ones are gone: the first may be later than afterSeq + 1. */
  readEvents(
    tenantId: string,
    roomId: string,
    page: { afterSeq: number; limit: number },
  ): Promise<EventRow[]>;

  /**
   * Rooms of a partition of the log that change by themselves in (`after`, `before`), by when, those after `after`. It
   * may name rooms that were to change then and are not any more.
   */
  listDue(
    partition: number,
    range: { readonly after: DueRoom; readonly before: string; readonly limit: number },
  ): Promise<DueRoom[]>;
  /** Until when the changes of a partition that were due have been made; null where nobody has said so yet. */
  readDueDone(partition: number): Promise<string | null>;
  setDueDone(partition: number, at: string): Promise<void>;

  /**
   * Closed rooms of a user, latest closed first, those after `after` in this order. It may name rooms that were opened,
   * closed again or deleted since, or that the user has left: `closedAt` of the room's head tells.
   */
  listClosedRooms(
    tenantId: string,
    userId: string,
    page: { readonly after: ClosedRoom | null; readonly limit: number },
  ): Promise<ClosedRoom[]>;
  /** Ids of the rooms the user is a member of that are not closed or deleted, in no order. */
  listOpenRooms(tenantId: string, userId: string): Promise<string[]>;
  /** Those of them in which others see the user: not where it is an observer. */
  listSeenRooms(tenantId: string, userId: string): Promise<string[]>;
}

/** A room without its members, as of `position`. */
export interface RoomHead {
  readonly roomId: string;
  readonly type: Room["type"];
  readonly name: string | null;
  readonly custom: Record<string, unknown> | null;
  readonly state: Room["state"];
  readonly deleted: boolean;
  readonly freezeAt: string | null;
  readonly closeAt: string | null;
  /** When it was closed; null while it is not. */
  readonly closedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly seq: number;
  readonly number: number;
  /** Without observers. */
  readonly memberCount: number;
  /** How many of its messages count as unread for somebody who has read none and sent none. */
  readonly countable: number;
  readonly lastMessage: Message | null;
  /** In the order in which they were pinned, `limits.pinnedMessagesMax` at most. */
  readonly pinned: readonly (Omit<Pin, "message"> & { readonly messageId: string })[];
  /** The call that runs; null: none. */
  readonly call: CallRow | null;
  /** Of the room's newest call: they are numbered densely. */
  readonly callNumber: number;
  /** Calls that have ended and are recorded still, as far as is known, `limits.callsRecordedMax` at most. Missing: none. */
  readonly stillRecorded?: readonly StillRecorded[];
  /** What is too old to be kept. Missing: nothing yet. */
  readonly expired?: Expired;
  /** Offset in `commands` of the newest command that changed the room. */
  readonly position: number;
}

/** Messages and events up to these are gone. */
export interface Expired extends ExpiredPlace {
  /** The room's `countable` at the last of them: none of these counts for anybody any more. */
  readonly countable: number;
  /** Where the newest step of it began, and when it was made. */
  readonly after: ExpiredPlace;
  readonly at: string;
  /** Offset in `commands` of that step. */
  readonly position: number;
}

interface ExpiredPlace {
  readonly number: number;
  readonly seq: number;
}

export interface MemberRow {
  readonly userId: string;
  readonly role: Role;
  readonly custom: Record<string, unknown> | null;
  readonly joinedAt: string;
  /** `seq` of the event that let the member in. */
  readonly joinedSeq: number;
  /** Has received up to this message; never behind `readNumber`. */
  readonly deliveredNumber: number;
  /** Has read up to this message, as others are told: it never goes back. */
  readonly readNumber: number;
  /** Where the user stands itself, where others were told another: it went back, or hides it; null: at `readNumber`. */
  readonly ownNumber: number | null;
  /** How many of the room's countable messages do not count for it, or not any more. unread = room.countable − this. */
  readonly readCountable: number;
  /** It has sent no message with a greater number. */
  readonly sentNumber: number;
  /** What it wants for itself, as far as the room must know; null: nothing. */
  readonly settings: MemberSettings | null;
  /** Where masking looks for phone numbers: the digits with which it may go on in its next message. */
  readonly openDigits?: OpenDigits;
}

export interface MemberSettings {
  /** Others are told what it has received and read. */
  readonly receipts: boolean;
  readonly muted: boolean;
  /** Whose messages are hidden from it, and never count for it; in a direct room they cannot send. */
  readonly blocked: readonly string[];
}

export interface StoredRoom {
  readonly head: RoomHead;
  readonly members: readonly MemberRow[];
  /** What the newest writes changed, where the store keeps that with the head: see `RoomWrite.settled`. */
  readonly unsettled: readonly ChangedMessage[];
  /** The newest `limits.recentMessageIdsMax` messages, oldest first. */
  readonly recent: readonly { readonly messageId: string; readonly number: number; readonly seq: number }[];
}

/** A message as it is now, and the room's `countable` when it was made. */
export interface MessageRow {
  readonly message: Message;
  readonly countable: number;
  /** `seq` of the event that made it what it is now. */
  readonly revised: number;
  /** By key, those who reacted beyond the users that the message shows, in the order in which they came. */
  readonly moreReactions: Readonly<Record<string, readonly string[]>> | null;
}

export interface FoundMessages {
  /** By id. */
  readonly places: ReadonlyMap<string, { readonly number: number; readonly seq: number }>;
  /** Messages up to this number are gone: what was not found may have been one of them. */
  readonly expired: number;
}

/** A message with the version (see `versionOf`) of what changed it. */
export interface ChangedMessage extends MessageRow {
  readonly version: number;
}

export interface EventRow {
  readonly event: DurableEvent;
  readonly countable: number;
  /** Offset in `commands` of the command that made it. */
  readonly position: number;
}

/** What one batch of commands made of one room. Rows are complete, not changes. */
export interface RoomWrite {
  readonly tenantId: string;
  readonly epoch: number;
  /** Of the log: where the room's commands are. */
  readonly partition: number;
  readonly head: RoomHead;
  /** When the room next changes by itself, where that is another time than before the batch. */
  readonly due: string | null;
  readonly members: readonly (Positioned & { readonly member: MemberRow })[];
  /** Also those who came and went within the batch. */
  readonly removedMembers: readonly (Positioned & { readonly userId: string })[];
  /** New ones, as they were made, whatever became of them since. */
  readonly messages: readonly (Positioned & MessageRow)[];
  /** Messages that were changed, as they are now. Of one that is `erased` what it said before is removed with it. */
  readonly changed: readonly ChangedMessage[];
  /**
   * `changed` of the room's write before this one. A store that cannot write them together with the head, keeps them
   * with the head until the next write, which takes them to their place.
   */
  readonly settled: readonly ChangedMessage[];
  /** What changed messages said before. */
  readonly versions: readonly (Positioned & { readonly number: number; readonly content: MessageVersion })[];
  readonly events: readonly EventRow[];
  /** Events, mostly of before, that tell less as of `version`. One that is gone stays so, and none is kept longer. */
  readonly retold: readonly (EventRow & { readonly version: number; readonly retoldAt: string })[];
  readonly forgotten: readonly ForgottenRow[];
  /** The messages of the newest step of `head.expired`, where that is of this batch: what is up to there goes for good (see `letsGo`). */
  readonly expired: readonly ExpiredMessage[];
  /** Calls that have ended. One that runs is in the head. */
  readonly calls: readonly (Positioned & CallRow)[];
  /** Ids by which calls are found: their own, and those of who called while there was one. */
  readonly callIds: readonly (Positioned & { readonly callId: string; readonly number: number })[];
  /** Users who came to the call that the head has, rung or by themselves. */
  readonly cameToCall: readonly string[];
  /**
   * Set when the batch opened or closed the room (closed: closed or deleted), so that members' lists must move it; also
   * when it did both, as a stale writer may have moved it half-way. `members` are all the room has.
   */
  readonly listing: { readonly open: boolean; readonly members: readonly MemberRow[] } | null;
}

interface Positioned {
  readonly position: number;
}

/** A message that is too old to be kept. */
export interface ExpiredMessage extends Positioned {
  readonly messageId: string;
  readonly number: number;
  readonly threadId: string | null;
}

/** A room as one user has it. */
export interface MembershipRow {
  readonly head: RoomHead;
  /** null: the user is no member. */
  readonly member: MemberRow | null;
}

export interface TenantRow {
  readonly tenantId: string;
  readonly name: string | null;
  /** Those that differ from the defaults. */
  readonly settings: Partial<TenantSettings>;
  readonly beforeSend?: KeptBeforeSend;
  readonly createdAt: string;
}

export interface ApiKeyRow {
  readonly keyId: string;
  readonly tenantId: string;
  /** SHA-256 of the secret, hex. The secret itself is kept nowhere. */
  readonly secretHash: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

export interface ProfileChange {
  readonly displayName?: string | null;
  readonly avatarUrl?: string | null;
  readonly custom?: Record<string, unknown> | null;
  readonly at: string;
}
