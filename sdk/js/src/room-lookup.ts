import { errorFromWire } from "./errors.ts";
import type { Fetch } from "./fetch.ts";
import type { Room } from "./rooms.ts";
import type { ErrorBody } from "./wire.ts";

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
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly token: () => Promise<string>;
  readonly waitMsMax: number;
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
  async closedRooms({ cursor, limit }: { cursor?: string; limit?: number }): Promise<ClosedRooms> {
    const { apiUrl, fetch, token, waitMsMax } = this.#options;
    const query = new URLSearchParams({ state: "closed" });
    if (cursor !== undefined) query.set("cursor", cursor);
    if (limit !== undefined) query.set("limit", String(limit));
    const headers = { authorization: `Bearer ${await token()}` };
    const signal = AbortSignal.timeout(waitMsMax);
    const answer = await fetch(`${apiUrl}/v1/rooms?${query}`, { headers, signal });
    const body = (await answer.json()) as ClosedRooms | { readonly error: ErrorBody };
    if ("error" in body) throw errorFromWire(body.error);
    return body;
  }

  /** Tells the server what another says. Rejects with the server's refusal, or with what the network says. */
  async report(roomId: string, messageId: string, report: MessageReport): Promise<void> {
    const { apiUrl, fetch, token, waitMsMax } = this.#options;
    const [room, message] = [encodeURIComponent(roomId), encodeURIComponent(messageId)];
    const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
    const answer = await fetch(`${apiUrl}/v1/rooms/${room}/messages/${message}/reports`, {
      method: "POST",
      headers,
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(waitMsMax),
    });
    const body = (await answer.json()) as { readonly error?: ErrorBody };
    if (body.error !== undefined) throw errorFromWire(body.error);
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
    const { apiUrl, fetch, token, waitMsMax, found } = this.#options;
    try {
      const headers = { authorization: `Bearer ${await token()}` };
      const signal = AbortSignal.timeout(waitMsMax);
      const answer = await fetch(`${apiUrl}/v1/rooms/${encodeURIComponent(roomId)}`, { headers, signal });
      const room = answer.ok ? await answer.json() : null;
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
