import type { RetentionPass, RetentionStore } from "#shared/store/retention-store.ts";
import type { TenantRow } from "#shared/store/store.ts";
import type { RoomRows } from "./memory-rooms.ts";

type Page = Parameters<RetentionStore["listRooms"]>[0];

/** What finds old messages, in memory, held to the contract of the real stores. */
export class MemoryRetention implements RetentionStore {
  readonly #rooms: ReadonlyMap<string, RoomRows>;
  readonly #tenants: ReadonlyMap<string, TenantRow>;
  #pass: RetentionPass | null = null;

  constructor(rooms: ReadonlyMap<string, RoomRows>, tenants: ReadonlyMap<string, TenantRow>) {
    this.#rooms = rooms;
    this.#tenants = tenants;
  }

  async listTenants(page: Page): Promise<{ tenants: TenantRow[]; next: string | null }> {
    const { items, next } = pageOf([...this.#tenants.values()], page);
    return { tenants: items, next };
  }

  async listRooms(page: Page): ReturnType<RetentionStore["listRooms"]> {
    const { items, next } = pageOf([...this.#rooms.keys()], page);
    const rooms = items.map((key) => {
      const at = key.indexOf("/");
      return { tenantId: key.slice(0, at), roomId: key.slice(at + 1) };
    });
    return { rooms, next };
  }

  async readPass(): Promise<RetentionPass | null> {
    return this.#pass;
  }

  async writePass(pass: RetentionPass): Promise<void> {
    this.#pass = pass;
  }
}

function pageOf<T>(all: readonly T[], { after, limit }: Page): { items: T[]; next: string | null } {
  const from = Number(after ?? 0);
  const items = all.slice(from, from + limit);
  return { items, next: items.length < limit ? null : String(from + limit) };
}
