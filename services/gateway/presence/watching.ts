import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { DurableEvent, PresenceChanged } from "#shared/protocol/events.ts";
import type { Presence } from "#shared/protocol/resources.ts";
import type { Store } from "#shared/store/store.ts";
import type { Presences, Watcher } from "./presences.ts";
import { visibleTo } from "./visible.ts";

export interface WatchingDeps {
  readonly presences: Presences;
  readonly store: Pick<Store, "listOpenRooms" | "listSeenRooms" | "readUserSettings">;
  readonly clock: Clock & Timers;
  readonly logger: { warn(fields: object, message: string): void };
}

/** After these of one of its rooms, a user may share rooms with others than before. */
const roomChanges: ReadonlySet<DurableEvent["type"]> = new Set([
  "room.created",
  "room.closed",
  "room.reopened",
  "room.deleted",
]);

/**
 * Whom one session watches. It may name anybody: it is told of those with whom its user shares an open room, and of
 * the others that they are offline, whether they exist or not. As rooms change, so does whom it may see.
 */
export class Watching {
  readonly #deps: WatchingDeps;
  readonly #watcher: Watcher & { readonly userId: string };
  /** All that the client named. */
  #wanted: ReadonlySet<string> = new Set();
  /** Those of them that it may see, each held. */
  #visible = new Set<string>();
  /** One change at a time. */
  #changing: Promise<unknown> = Promise.resolve();
  #cancelRecheck: (() => void) | null = null;
  #ended = false;

  constructor(deps: WatchingDeps, watcher: Watcher & { readonly userId: string }) {
    this.#deps = deps;
    this.#watcher = watcher;
  }

  /**
   * These, and no others, from now on.
   *
   * @returns how each stands, in the order given.
   * @throws AppError service_unavailable, overloaded, store_unavailable; what was watched before still is.
   */
  replace(userIds: readonly string[]): Promise<Presence[]> {
    return this.#inTurn(async () => {
      // Nobody would let go of what is held for a socket that has gone meanwhile.
      if (this.#ended) return [];
      const wanted = new Set(userIds);
      await this.#see([...wanted]);
      this.#wanted = wanted;
      const { presences } = this.#deps;
      const known = await presences.read(this.#watcher.tenantId, [...this.#visible]);
      return userIds.map((userId) => known.get(userId) ?? { userId, online: false, lastSeenAt: null });
    });
  }

  /** Something happened in one of the user's rooms. */
  passing(event: DurableEvent): void {
    if (this.#wanted.size === 0 || this.#cancelRecheck !== null) return;
    const isMember = event.type === "member.added" || event.type === "member.removed";
    const concerns = isMember
      ? this.#wanted.has(event.userId) || event.userId === this.#watcher.userId
      : roomChanges.has(event.type);
    if (concerns) this.#recheckLater();
  }

  /** The user's own rooms are others than before, by what is no event of a room. */
  roomsChanged(): void {
    if (this.#wanted.size > 0 && this.#cancelRecheck === null) this.#recheckLater();
  }

  /** A user may want to be seen no more, or again. */
  judgeAnew(userId: string): void {
    if (this.#wanted.has(userId) && this.#cancelRecheck === null) this.#recheckLater();
  }

  end(): void {
    this.#ended = true;
    this.#cancelRecheck?.();
    void this.#inTurn(async () => {
      this.#deps.presences.unwatch(this.#watcher, [...this.#visible]);
      this.#visible = new Set();
    });
  }

  /** For all changes of a while, as they mostly come together. */
  #recheckLater(): void {
    this.#cancelRecheck = this.#deps.clock.after(limits.presenceRecheckMs, () => {
      this.#cancelRecheck = null;
      this.#inTurn(() => this.#recheck()).catch((err: unknown) => {
        this.#deps.logger.warn({ err }, "could not judge anew whom a session may see; tried again");
        if (!this.#ended && this.#cancelRecheck === null) this.#recheckLater();
      });
    });
  }

  /** Those who have come into view are told as they stand, and those who have gone from it as offline. */
  async #recheck(): Promise<void> {
    if (this.#ended) return;
    const { presences } = this.#deps;
    const { tenantId } = this.#watcher;
    const before = new Map(
      [...this.#visible].map((userId) => [userId, presences.isOnline(tenantId, userId)]),
    );
    await this.#see([...this.#wanted]);
    const come = [...this.#visible].filter((userId) => !before.has(userId));
    for (const presence of (await presences.read(tenantId, come)).values()) {
      if (presence.online || presence.lastSeenAt !== null) this.#tell(presence);
    }
    for (const [userId, wasOnline] of before) {
      const isHidden = !this.#visible.has(userId);
      if (isHidden && wasOnline) this.#tell({ userId, online: false, lastSeenAt: null });
    }
  }

  /** Watches those of the users that may be seen, and nobody else. */
  async #see(userIds: readonly string[]): Promise<void> {
    const { presences, store } = this.#deps;
    const visible = await visibleTo(store, this.#watcher, userIds);
    await presences.watch(
      this.#watcher,
      [...visible].filter((userId) => !this.#visible.has(userId)),
    );
    presences.unwatch(
      this.#watcher,
      [...this.#visible].filter((userId) => !visible.has(userId)),
    );
    this.#visible = visible;
  }

  #tell(presence: Presence): void {
    const { tenantId } = this.#watcher;
    const at = rfc3339(this.#deps.clock.nowMs());
    const event: PresenceChanged = { type: "presence.changed", tenantId, ...presence, at };
    this.#watcher.signal(JSON.stringify(event));
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(change);
    this.#changing = turn.catch(() => undefined);
    return turn;
  }
}
