import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";
import type { ChangedMessage, Store } from "#shared/store/store.ts";
import { type RoomState, stateOf } from "../room/state.ts";
import type { MessageRows, RoomMessageRows } from "./message-rows.ts";
import { RecentMessages } from "./recent-messages.ts";

/** A room in the writer's memory. Changed only after what it says is in the store and has been emitted. */
export interface LoadedRoom {
  readonly state: RoomState | null;
  readonly recent: RecentMessages;
  readonly rows: RoomMessageRows;
  /** Messages that the newest write changed: the next one settles them, see `RoomWrite.settled`. */
  readonly changed: readonly ChangedMessage[];
}

/** The rooms of one partition that are in memory: a room that does not exist is remembered as such. */
export class RoomCache {
  readonly #store: Store;
  readonly #messages: MessageRows;
  readonly #rooms = new LRUCache<string, LoadedRoom>({ max: limits.laneRoomsCachedMax });

  constructor(store: Store, messages: MessageRows) {
    this.#store = store;
    this.#messages = messages;
  }

  get size(): number {
    return this.#rooms.size;
  }

  peek(tenantId: string, roomId: string): LoadedRoom | undefined {
    return this.#rooms.get(`${tenantId}/${roomId}`);
  }

  async load(tenantId: string, roomId: string): Promise<LoadedRoom> {
    const cached = this.peek(tenantId, roomId);
    if (cached !== undefined) return cached;
    const stored = await this.#store.loadRoom(tenantId, roomId);
    return {
      state: stored === null ? null : stateOf(tenantId, stored),
      recent: new RecentMessages(stored?.recent ?? []),
      rows: this.#messages.ofRoom(),
      changed: stored?.unsettled ?? [],
    };
  }

  set(tenantId: string, roomId: string, room: LoadedRoom): void {
    this.#rooms.set(`${tenantId}/${roomId}`, room);
  }

  /** Memory has been overtaken by the store. */
  forget(tenantId: string, roomId: string): void {
    this.#rooms.delete(`${tenantId}/${roomId}`);
  }

  clear(): void {
    this.#rooms.clear();
  }
}
