import {
  EgressClient,
  type EgressInfo,
  EgressStatus,
  EncodedFileOutput,
  RoomServiceClient,
  TwirpError,
} from "livekit-server-sdk";
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

/** What LiveKit's egress says of a recording. */
export interface Recorded {
  readonly recordingId: string;
  /** Of the LiveKit room. */
  readonly name: string;
  readonly state: "active" | "ended" | "failed";
  readonly location: string | null;
}

/**
 * What is asked of LiveKit. Every call is harmless to repeat.
 *
 * @throws AppError livekit_unavailable.
 */
export class LiveKitServer {
  readonly #rooms: RoomServiceClient;
  readonly #egress: EgressClient;
  readonly #metrics: CallsMetrics;

  constructor({ url, apiKey, apiSecret }: LiveKitConfig, metrics: CallsMetrics) {
    const options = { requestTimeout: limits.livekitCallMsMax / 1_000, failover: false };
    this.#rooms = new RoomServiceClient(url.replace(/^ws/, "http"), apiKey, apiSecret, options);
    this.#egress = new EgressClient(url.replace(/^ws/, "http"), apiKey, apiSecret, options);
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

  /** How many are seen in each of these rooms, or of all, that is there. */
  async sizes(among?: string[]): Promise<ReadonlyMap<string, number>> {
    const found = (await this.#ask("sizes", () => this.#rooms.listRooms(among))) ?? [];
    return new Map(found.map(({ name, numParticipants }) => [name, numParticipants]));
  }

  /**
   * Has the room recorded, to where the egress of the deployment keeps its files. One recording goes on at a time: one of
   * which the room has not heard yet, as whoever began it got no answer in time, is this one.
   *
   * @returns the id of the recording; null where nobody is in the room.
   * @throws AppError recording_disabled, livekit_unavailable.
   */
  async record(name: string, { isVideo }: { readonly isVideo: boolean }): Promise<string | null> {
    // One that has no egress says so to this, and lets a start wait for ever.
    const active = (await this.recordings(name)).find(({ state }) => state === "active");
    if (active !== undefined) return active.recordingId;
    const file = new EncodedFileOutput({ filepath: `${name}-{time}` });
    const begun = await this.#askEgress("record", () =>
      this.#egress.startRoomCompositeEgress(name, { file }, { audioOnly: !isVideo }),
    );
    return begun?.egressId ?? null;
  }

  /** One that is over, or is not there, is as good. @throws AppError recording_disabled, livekit_unavailable. */
  async stopRecording(recordingId: string): Promise<void> {
    await this.#askEgress("stop_recording", () => this.#egress.stopEgress(recordingId));
  }

  /** Those of a room. @throws AppError recording_disabled, livekit_unavailable. */
  async recordings(name: string): Promise<Recorded[]> {
    const found = await this.#askEgress("recordings", () => this.#egress.listEgress({ roomName: name }));
    return (found ?? []).map(recordedOf);
  }

  async #askEgress<T>(operation: string, ask: () => Promise<T>): Promise<T | null> {
    try {
      return await this.#ask(operation, ask);
    } catch (error) {
      const cause = error instanceof AppError ? error.cause : null;
      const hasNone = cause instanceof TwirpError && cause.message.includes("egress not connected");
      throw hasNone ? new AppError("recording_disabled", undefined, { cause }) : error;
    }
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

const overStates: readonly EgressStatus[] = [EgressStatus.EGRESS_COMPLETE, EgressStatus.EGRESS_LIMIT_REACHED];
const failedStates: readonly EgressStatus[] = [EgressStatus.EGRESS_FAILED, EgressStatus.EGRESS_ABORTED];

export function recordedOf({ egressId, roomName, status, fileResults }: EgressInfo): Recorded {
  const [file] = fileResults;
  const location = file === undefined ? "" : file.location || file.filename;
  return {
    recordingId: egressId,
    name: roomName,
    state: overStates.includes(status) ? "ended" : failedStates.includes(status) ? "failed" : "active",
    location: location === "" ? null : location.slice(0, 1024),
  };
}
