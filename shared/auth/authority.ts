import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { KeptBeforeSend } from "#shared/protocol/before-send.ts";
import { defaultSettings, type TenantSettings } from "#shared/protocol/tenant-settings.ts";
import type { ApiKeyRow, MemberRow, RoomHead, Store } from "#shared/store/store.ts";
import { FreshCache } from "./fresh-cache.ts";

/** A user in a room, as the store has it. */
export interface Membership {
  readonly head: RoomHead;
  readonly member: MemberRow;
}

interface MembershipAnswer {
  readonly head: RoomHead | null;
  readonly member: MemberRow | null;
}

interface TenantAnswer {
  readonly settings: TenantSettings;
  readonly beforeSend: KeptBeforeSend | null;
}

type AuthorityStore = Pick<
  Store,
  "getApiKey" | "getRevokedBefore" | "getTenant" | "readHeads" | "readMemberships"
>;

/**
 * Who may do what, from answers of the store at most `limits.authorityCacheMs` old. A refusal is never given from
 * memory: what was allowed a moment ago may go on for that long, but what was just allowed works at once.
 */
export class Authority {
  readonly #store: AuthorityStore;
  readonly #apiKeys: FreshCache<ApiKeyRow | null>;
  readonly #revocations: FreshCache<number>;
  readonly #tenants: FreshCache<TenantAnswer>;
  readonly #rooms: FreshCache<RoomHead | null>;
  readonly #memberships: FreshCache<MembershipAnswer>;

  constructor(options: { store: AuthorityStore; clock: Clock }) {
    const { store, clock } = options;
    this.#store = store;
    this.#apiKeys = new FreshCache({ clock, keep: (row) => row !== null && row.revokedAt === null });
    this.#revocations = new FreshCache({ clock, keep: () => true });
    this.#tenants = new FreshCache({ clock, keep: () => true });
    this.#rooms = new FreshCache({ clock, keep: (head) => head !== null && !head.deleted });
    this.#memberships = new FreshCache({
      clock,
      keep: ({ head, member }) => head !== null && !head.deleted && member !== null,
    });
  }

  apiKey(keyId: string): Promise<ApiKeyRow | null> {
    return this.#apiKeys.get(keyId, () => this.#store.getApiKey(keyId));
  }

  /** Tokens of the user issued at this time or before are void. 0 where none are. */
  revokedBeforeMs(tenantId: string, userId: string): Promise<number> {
    return this.#revocations.get(`${tenantId}/${userId}`, () => this.#readRevokedBefore(tenantId, userId));
  }

  /** The user's tokens were revoked: the next answer is asked anew. */
  forgetRevocation(tenantId: string, userId: string): void {
    this.#revocations.forget(`${tenantId}/${userId}`);
  }

  forgetApiKey(keyId: string): void {
    this.#apiKeys.forget(keyId);
  }

  /**
   * What the operator decided for the tenant, defaults included. While the store is away, what was decided before
   * holds on: a message that needs only the log must not wait for it.
   */
  async settings(tenantId: string): Promise<TenantSettings> {
    return (await this.#tenant(tenantId)).settings;
  }

  /** Whom the tenant's customer has asked before a message is taken; null: nobody. As old as the settings. */
  async beforeSend(tenantId: string): Promise<KeptBeforeSend | null> {
    return (await this.#tenant(tenantId)).beforeSend;
  }

  /** The same as memory has it, for what must not wait at all: the defaults where nothing is known yet. */
  knownSettings(tenantId: string): TenantSettings {
    return this.#knownTenant(tenantId)?.settings ?? defaultSettings;
  }

  /** Whether somebody is asked before the tenant's messages are taken, as memory has it. */
  readonly isAsked = (tenantId: string): boolean =>
    (this.#knownTenant(tenantId)?.beforeSend ?? null) !== null;

  /** The tenant's settings were changed: the next answer is asked anew. */
  forgetSettings(tenantId: string): void {
    this.#tenants.forget(tenantId);
  }

  /** @throws AppError room_not_found. */
  async room(tenantId: string, roomId: string): Promise<RoomHead> {
    return existing(await this.#rooms.get(`${tenantId}/${roomId}`, () => this.#readRoom(tenantId, roomId)));
  }

  /** @throws AppError room_not_found, not_a_member. */
  async membership(tenantId: string, roomId: string, userId: string): Promise<Membership> {
    return membershipOf(
      await this.#memberships.get(`${tenantId}/${roomId}/${userId}`, () =>
        this.#readMembership(tenantId, roomId, userId),
      ),
    );
  }

  /**
   * The same, asked anew: before a refusal for what a membership says (a role, a closed room).
   *
   * @throws AppError room_not_found, not_a_member.
   */
  async membershipNow(tenantId: string, roomId: string, userId: string): Promise<Membership> {
    return membershipOf(
      await this.#memberships.reload(`${tenantId}/${roomId}/${userId}`, () =>
        this.#readMembership(tenantId, roomId, userId),
      ),
    );
  }

  async #readRevokedBefore(tenantId: string, userId: string): Promise<number> {
    const before = await this.#store.getRevokedBefore(tenantId, userId);
    return before === null ? 0 : Date.parse(before);
  }

  #tenant(tenantId: string): Promise<TenantAnswer> {
    return this.#tenants.getOrLast(tenantId, () => this.#readTenant(tenantId), limits.settingsWaitMsMax);
  }

  #knownTenant(tenantId: string): TenantAnswer | undefined {
    return this.#tenants.peek(tenantId, () => this.#readTenant(tenantId));
  }

  async #readTenant(tenantId: string): Promise<TenantAnswer> {
    const tenant = await this.#store.getTenant(tenantId);
    return { settings: { ...defaultSettings, ...tenant?.settings }, beforeSend: tenant?.beforeSend ?? null };
  }

  async #readRoom(tenantId: string, roomId: string): Promise<RoomHead | null> {
    const [head] = await this.#store.readHeads(tenantId, [roomId]);
    return head ?? null;
  }

  async #readMembership(tenantId: string, roomId: string, userId: string): Promise<MembershipAnswer> {
    const [found] = await this.#store.readMemberships(tenantId, userId, [roomId]);
    return found ?? { head: null, member: null };
  }
}

function existing(head: RoomHead | null): RoomHead {
  if (head === null || head.deleted) throw new AppError("room_not_found");
  return head;
}

function membershipOf({ head, member }: MembershipAnswer): Membership {
  const room = existing(head);
  if (member === null) throw new AppError("not_a_member");
  return { head: room, member };
}
