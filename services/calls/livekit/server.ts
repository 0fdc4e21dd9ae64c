import { RoomServiceClient, TwirpError } from "livekit-server-sdk";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { LiveKitConfig } from "../config.ts";
import type { CallsMetrics } from "../metrics.ts";

/** Somebody in a LiveKit room. */
export interface Attendee {
  readonly identity: string;
  /** Seen and heard by nobody. */
  readonly isHidden: boolean;
  readonly joinedAtMs: number;
}

/**
 * What is asked of LiveKit. Every call is harmless to repeat.
 *
 * @throws AppError livekit_unavailable.
 */
export class LiveKitServer {
  readonly #rooms: RoomServiceClient;
  readonly #metrics: CallsMetrics;

  constructor({ url, apiKey, apiSecret }: LiveKitConfig, metrics: CallsMetrics) {
    this.#rooms = new RoomServiceClient(url.replace(/^ws/, "http"), apiKey, apiSecret, {
      requestTimeout: limits.livekitCallMsMax / 1_000,
      failover: false,
    });
    this.#metrics = metrics;
  }

  /** One that is there stays as it is. */
  async open(name: string): Promise<void> {
    await this.#ask("open", () =>
      this.#rooms.createRoom({
        name,
        emptyTimeout: limits.livekitEmptySeconds,
        maxParticipants: limits.callParticipantsMax * 2,
      }),
    );
  }

  /** Puts everybody out. One that is not there is as good. */
  async close(name: string): Promise<void> {
    await this.#ask("close", () => this.#rooms.deleteRoom(name));
  }

  async remove(name: string, identity: string): Promise<void> {
    await this.#ask("remove", () => this.#rooms.removeParticipant(name, identity));
  }

  /** Nobody is in a room that is not there. */
  async attendees(name: string): Promise<Attendee[]> {
    const found = (await this.#ask("attendees", () => this.#rooms.listParticipants(name))) ?? [];
    return found.map(({ identity, permission, joinedAt }) => ({
      identity,
      isHidden: permission?.hidden ?? false,
      joinedAtMs: Number(joinedAt) * 1_000,
    }));
  }

  /** Of these rooms, or of all, those that are there. */
  async names(among?: string[]): Promise<string[]> {
    return ((await this.#ask("names", () => this.#rooms.listRooms(among))) ?? []).map(({ name }) => name);
  }

  /** @returns null where what is asked about is not there. */
  async #ask<T>(operation: string, ask: () => Promise<T>): Promise<T | null> {
    const stop = this.#metrics.livekitSeconds.startTimer({ operation });
    try {
      const answer = await ask();
      stop({ outcome: "ok" });
      return answer;
    } catch (cause) {
      if (cause instanceof TwirpError && cause.code === "not_found") {
        stop({ outcome: "not_found" });
        return null;
      }
      stop({ outcome: "error" });
      throw new AppError("livekit_unavailable", undefined, { cause });
    }
  }
}
