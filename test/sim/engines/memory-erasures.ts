import type { ErasureRow, ErasureStore } from "#shared/store/erasure-store.ts";
import { type RoomRows, wasIn } from "./memory-rooms.ts";

/** Erasures in memory, held to the contract of the real stores. */
export class MemoryErasures implements ErasureStore {
  readonly #tasks = new Map<string, { tenantId: string; task: ErasureRow }>();
  readonly #rooms: ReadonlyMap<string, RoomRows>;
  readonly #ofUsers: readonly Map<string, unknown>[];
  /** Of users that were forgotten: until when. */
  readonly #unseen = new Map<string, number>();

  /** @param ofUsers what there is of users, by tenant and id. */
  constructor(rooms: ReadonlyMap<string, RoomRows>, ofUsers: readonly Map<string, unknown>[]) {
    this.#rooms = rooms;
    this.#ofUsers = ofUsers;
  }

  async put(tenantId: string, task: ErasureRow): Promise<void> {
    this.#tasks.set(`${tenantId}/${task.taskId}`, { tenantId, task });
  }

  async get(tenantId: string, taskId: string): Promise<ErasureRow | null> {
    return this.#tasks.get(`${tenantId}/${taskId}`)?.task ?? null;
  }

  async listOpen(limit: number): Promise<{ tenantId: string; taskId: string }[]> {
    return [...this.#tasks.values()]
      .filter(({ task }) => task.status !== "done")
      .slice(0, limit)
      .map(({ tenantId, task: { taskId } }) => ({ tenantId, taskId }));
  }

  async listEverRooms(
    tenantId: string,
    userId: string,
    { after, limit }: Parameters<ErasureStore["listEverRooms"]>[2],
  ): Promise<string[]> {
    return [...this.#rooms]
      .filter(([key, room]) => key.startsWith(`${tenantId}/`) && wasIn(room, userId))
      .map(([key]) => key.slice(tenantId.length + 1))
      .filter((roomId) => roomId > after)
      .sort()
      .slice(0, limit);
  }

  async forgetUser(tenantId: string, userId: string, seenUntil: string): Promise<void> {
    const key = `${tenantId}/${userId}`;
    for (const rows of this.#ofUsers) rows.delete(key);
    this.#unseen.set(key, Date.parse(seenUntil));
  }

  isForgotten(key: string, at: string): boolean {
    return Date.parse(at) <= (this.#unseen.get(key) ?? 0);
  }
}
