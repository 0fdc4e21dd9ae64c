import type { Rest } from "./rest.ts";
import type { Room } from "./rooms.ts";

/** A page of the user's archive. */
export interface ClosedRooms {
  readonly items: readonly Room[];
  readonly next: string | null;
}

/** Why a message is reported. */
export interface MessageReport {
  /** The customer's word: `spam`, `abuse` … */
  readonly reason: string;
  readonly note?: string | null;
}

export interface RoomLookupOptions {
  readonly rest: Rest;
  readonly inFlightMax: number;
  readonly waitingMax: number;
  readonly found: (room: Room) => void;
}

/**
 * Reads rooms that the user came to between two handshakes: `member.added` names the room and nothing of it. A lookup
 * that fails is left at that, as the next event of the room asks again and the next handshake has all rooms.
 */
export class RoomLookup {
  readonly #options: RoomLookupOptions;
  readonly #waiting = new Set<string>();
  readonly #inFlight = new Set<string>();

  constructor(options: RoomLookupOptions) {
    this.#options = options;
  }

  ask(roomId: string): void {
    if (this.#waiting.size >= this.#options.waitingMax) return;
    // One in flight may have been answered before the event that asks now.
    this.#waiting.add(roomId);
    this.#next();
  }

  /** Rejects with the server's refusal, or with what the network says. */
  closedRooms(query: { readonly cursor?: string; readonly limit?: number }): Promise<ClosedRooms> {
    return this.#options.rest.page("/v1/rooms", { state: "closed", ...query });
  }

  /** Tells the server what another says. Rejects with the server's refusal, or with what the network says. */
  async report(roomId: string, messageId: string, report: MessageReport): Promise<void> {
    const [room, message] = [encodeURIComponent(roomId), encodeURIComponent(messageId)];
    await this.#options.rest.call("POST", `/v1/rooms/${room}/messages/${message}/reports`, report);
  }

  clear(): void {
    this.#waiting.clear();
  }

  #next(): void {
    for (const roomId of this.#waiting) {
      if (this.#inFlight.size >= this.#options.inFlightMax) return;
      if (this.#inFlight.has(roomId)) continue;
      this.#waiting.delete(roomId);
      this.#inFlight.add(roomId);
      void this.#look(roomId);
    }
  }

  async #look(roomId: string): Promise<void> {
    const { rest, found } = this.#options;
    try {
      const room = await rest.call("GET", `/v1/rooms/${encodeURIComponent(roomId)}`);
      if (isRoom(room) && room.roomId === roomId) found(room);
    } catch {
      // See above: others will ask again.
    } finally {
      this.#inFlight.delete(roomId);
      this.#next();
    }
  }
}

/** As its member is shown it. */
function isRoom(value: unknown): value is Room {
  return typeof value === "object" && value !== null && "roomId" in value && "capabilities" in value;
}
