import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { LiveKit, LiveKitRegions } from "./regions.ts";
import { livekitRoomOf } from "./room-name.ts";
import type { Recorded } from "./server.ts";

interface RecordingDeps {
  readonly regions: LiveKitRegions;
  readonly commands: Pick<Commands, "append">;
  readonly clock: Clock;
}

/** Tells a call's room what LiveKit's egress says of its recordings: by its webhooks, and as these get lost by asking. */
export class CallRecordings {
  readonly #deps: RecordingDeps;

  constructor(deps: RecordingDeps) {
    this.#deps = deps;
  }

  /**
   * One of which LiveKit says nothing ends as failed by a time of its room, so there is an end to this also.
   *
   * @returns whether none goes on.
   * @throws AppError livekit_unavailable, log_unavailable.
   */
  async look(tenantId: string, call: Call): Promise<boolean> {
    const active = call.recordings.filter(({ state }) => state === "active");
    if (active.length === 0) return true;
    const { regions, clock } = this.#deps;
    const isSilent =
      call.endedAt !== null && clock.nowMs() - Date.parse(call.endedAt) > limits.callRecordingSilenceMsMax;
    if (isSilent) return true;
    const found = await recordingsOf(regions.find(call.region), livekitRoomOf(tenantId, call.callId));
    let isOver = true;
    for (const { recordingId } of active) {
      const recorded = found.find((one) => one.recordingId === recordingId);
      if (recorded !== undefined && recorded.state !== "active") await this.tell(tenantId, call, recorded);
      else isOver = false;
    }
    return isOver;
  }

  /** It is over. Said again it changes nothing. @throws AppError log_unavailable. */
  async tell(tenantId: string, { roomId, callId }: Call, recorded: Recorded): Promise<void> {
    const { recordingId, location, state } = recorded;
    const actor = { kind: "server", userId: null } as const;
    const at = rfc3339(this.#deps.clock.nowMs());
    const said = { recordingId, location, failed: state === "failed" };
    await this.#deps.commands.append([
      { v: 1, type: "call.recorded", tenantId, roomId, at, actor, callId, ...said },
    ]);
  }
}

/** Of a server that has no egress any more, nothing: that holds up no other look at the call. */
async function recordingsOf(livekit: LiveKit | null, name: string): Promise<readonly Recorded[]> {
  try {
    return (await livekit?.server.recordings(name)) ?? [];
  } catch (error) {
    if (error instanceof AppError && error.code === "recording_disabled") return [];
    throw error;
  }
}
