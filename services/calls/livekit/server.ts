import { DisconnectReason } from "@livekit/protocol";
import {
  EgressClient,
  type EgressInfo,
  EgressStatus,
  EncodedFileOutput,
  type ParticipantInfo,
  RoomServiceClient,
  TrackSource,
  TwirpError,
} from "livekit-server-sdk";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { type CallSource, callSources } from "#shared/protocol/calls.ts";
import type { LiveKitConfig } from "../config.ts";
import type { CallsMetrics } from "../metrics.ts";

/** Somebody in a LiveKit room. */
export interface Attendee {
  readonly identity: string;
  /** Seen and heard by nobody. */
  readonly isHidden: boolean;
  /** LiveKit's second. */
  readonly joinedAtMs: number;
  /** The same to the millisecond, where LiveKit knows it: each time that it lets somebody in has its own. */
  readonly connectedAtMs: number;
  /** What it sends, muted or not. */
  readonly published: readonly CallSource[];
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
    return found.map(({ identity, permission, joinedAt, joinedAtMs, tracks }) => ({
      identity,
      isHidden: permission?.hidden ?? false,
      joinedAtMs: Number(joinedAt) * 1_000,
      connectedAtMs: Number(joinedAtMs) || Number(joinedAt) * 1_000,
      published: callSources.filter((name) => tracks.some(({ source }) => sourcesOf[name].includes(source))),
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

const sourcesOf: Readonly<Record<CallSource, readonly TrackSource[]>> = {
  microphone: [TrackSource.MICROPHONE],
  camera: [TrackSource.CAMERA],
  screen_share: [TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO],
};

/** Those for which somebody or something is to be thanked: no connection failed. */
const wantedReasons: readonly DisconnectReason[] = [
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.DUPLICATE_IDENTITY,
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.ROOM_DELETED,
  DisconnectReason.ROOM_CLOSED,
];

/** Whether LiveKit lets somebody go whom nobody wanted to go, or does not say why. */
export function wasLost({ disconnectReason }: Pick<ParticipantInfo, "disconnectReason">): boolean {
  return !wantedReasons.includes(disconnectReason);
}

/** Whether LiveKit lets go of a connection because the same user has another. */
export function isReplaced({ disconnectReason }: Pick<ParticipantInfo, "disconnectReason">): boolean {
  return (
    disconnectReason === DisconnectReason.DUPLICATE_IDENTITY ||
    disconnectReason === DisconnectReason.MIGRATION
  );
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
