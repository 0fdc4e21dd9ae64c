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

  /** @returns whether none goes on. @throws AppError livekit_unavailable, log_unavailable. */
  async look(tenantId: string, call: Call): Promise<boolean> {
    const active = call.recordings.filter(({ state }) => state === "active");
    if (active.length === 0) return true;
    const { regions, clock } = this.#deps;
    const name = livekitRoomOf(tenantId, call.callId);
    const isSilent =
      call.endedAt !== null && clock.nowMs() - Date.parse(call.endedAt) > limits.callRecordingSilenceMsMax;
    const found = isSilent ? [] : await recordingsOf(regions.find(call.region), name);
    let isOver = true;
    for (const { recordingId } of active) {
      const recorded = found.find((one) => one.recordingId === recordingId);
      if (isSilent) await this.tell(tenantId, call, { recordingId, name, state: "failed", location: null });
      else if (recorded !== undefined && recorded.state !== "active")
        await this.tell(tenantId, call, recorded);
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
