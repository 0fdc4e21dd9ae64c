import { type Clock, rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { presenceChannel } from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import type { PresenceChanged } from "#shared/protocol/events.ts";
import type { Presence } from "#shared/protocol/resources.ts";
import type { Store } from "#shared/store/store.ts";
import type { Interests } from "../rooms/interests.ts";

/** What this gateway knows of one user. Kept for as long as its interest in it, the grace included. */
interface Known {
  /** null until the owner has said so first. */
  online: boolean | null;
  lastSeenAt: string | null;
  readonly watchers: Set<Watcher>;
}

/** A session, as far as others' presence concerns it. */
export interface Watcher {
  readonly tenantId: string;
  signal(frame: string): void;
}

export interface PresencesDeps {
  readonly store: Pick<Store, "readLastSeen">;
  readonly interests: Pick<Interests, "hold" | "release">;
  readonly clock: Clock;
  readonly logger: { warn(fields: object, message: string): void };
}

/**
 * Whether users are there, for the sessions and calls of this gateway. The owners of the users know it by who wants
 * their channels; this gateway asks by an interest, and so is told of every change from then on.
 */
export class Presences {
  readonly #deps: PresencesDeps;
  readonly #known = new Map<string, Known>();

  constructor(deps: PresencesDeps) {
    this.#deps = deps;
  }

  /**
   * How users stand now.
   *
   * @throws AppError service_unavailable when an owner does not answer in time, overloaded, store_unavailable.
   */
  async read(tenantId: string, userIds: readonly string[]): Promise<Map<string, Presence>> {
    await this.#hold(tenantId, userIds);
    try {
      return await this.#read(tenantId, userIds);
    } finally {
      this.#release(tenantId, userIds);
    }
  }

  /** The watcher is told of every change of these users until `unwatch`. Throws as `read` does; all are watched or none. */
  async watch(watcher: Watcher, userIds: readonly string[]): Promise<void> {
    const { tenantId } = watcher;
    await this.#hold(tenantId, userIds);
    for (const userId of userIds) this.#known.get(`${tenantId}/${userId}`)?.watchers.add(watcher);
  }

  unwatch(watcher: Watcher, userIds: readonly string[]): void {
    const { tenantId } = watcher;
    for (const userId of userIds) this.#known.get(`${tenantId}/${userId}`)?.watchers.delete(watcher);
    this.#release(tenantId, userIds);
  }

  isOnline(tenantId: string, userId: string): boolean {
    return this.#known.get(`${tenantId}/${userId}`)?.online === true;
  }

  /** The owner's word on a user. What is no change, such as that of a new owner, is no news. */
  stands(
    { tenantId, userId }: { tenantId: string; userId: string },
    online: boolean,
    at: string | null,
  ): void {
    const known = this.#known.get(`${tenantId}/${userId}`);
    if (known === undefined || known.online === online) return;
    const isFirst = known.online === null;
    known.online = online;
    // Before that, nobody was told anything: whoever waits for it reads it.
    if (!isFirst) void this.#tell(known, { tenantId, userId, at: at ?? rfc3339(this.#deps.clock.nowMs()) });
  }

  /** Nobody here wants to know any more. */
  forget(tenantId: string, userId: string): void {
    this.#known.delete(`${tenantId}/${userId}`);
  }

  async #tell(known: Known, change: { tenantId: string; userId: string; at: string }): Promise<void> {
    const { online } = known;
    if (online === null || known.watchers.size === 0) return;
    const { tenantId, userId, at } = change;
    if (!online) {
      await this.#readLastSeen(tenantId, [userId]).catch((err: unknown) => {
        this.#deps.logger.warn({ err }, "could not read when a user was last seen");
      });
      // Back meanwhile: that is told by another.
      if (known.online !== online) return;
    }
    const lastSeenAt = online ? null : known.lastSeenAt;
    const event: PresenceChanged = { type: "presence.changed", tenantId, userId, online, lastSeenAt, at };
    const frame = JSON.stringify(event);
    for (const watcher of known.watchers) watcher.signal(frame);
  }

  async #read(tenantId: string, userIds: readonly string[]): Promise<Map<string, Presence>> {
    const away = userIds.filter((userId) => this.#known.get(`${tenantId}/${userId}`)?.online !== true);
    if (away.length > 0) await this.#readLastSeen(tenantId, away);
    const now = userIds.map((userId): [string, Presence] => {
      const known = this.#known.get(`${tenantId}/${userId}`);
      const online = known?.online ?? false;
      return [userId, { userId, online, lastSeenAt: online ? null : (known?.lastSeenAt ?? null) }];
    });
    return new Map(now);
  }

  async #readLastSeen(tenantId: string, userIds: readonly string[]): Promise<void> {
    const seen = await this.#deps.store.readLastSeen(tenantId, userIds);
    for (const [i, userId] of userIds.entries()) {
      const known = this.#known.get(`${tenantId}/${userId}`);
      if (known !== undefined) known.lastSeenAt = seen[i] ?? known.lastSeenAt;
    }
  }

  async #hold(tenantId: string, userIds: readonly string[]): Promise<void> {
    if (this.#known.size + userIds.length > limits.presenceUsersMax) {
      const added = userIds.filter((userId) => !this.#known.has(`${tenantId}/${userId}`));
      if (this.#known.size + added.length > limits.presenceUsersMax) {
        throw new AppError("overloaded", "This node watches too many users.");
      }
    }
    for (const userId of userIds) {
      const key = `${tenantId}/${userId}`;
      if (!this.#known.has(key))
        this.#known.set(key, { online: null, lastSeenAt: null, watchers: new Set() });
    }
    await this.#deps.interests.hold(userIds.map((userId) => presenceChannel(tenantId, userId)));
  }

  #release(tenantId: string, userIds: readonly string[]): void {
    this.#deps.interests.release(userIds.map((userId) => presenceChannel(tenantId, userId)));
  }
}
