import type { Applied, Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { StartCall } from "#shared/protocol/commands.ts";
import type { Store } from "#shared/store/store.ts";
import type { LiveKitRegions } from "./livekit/regions.ts";

interface StartDeps {
  readonly store: Pick<Store, "readCall">;
  readonly commands: Commands;
  readonly regions: LiveKitRegions;
}

/**
 * Asks a room's owner for a call. There must be a LiveKit room to go to before anybody is told of it; one that was
 * opened in vain is closed.
 *
 * @throws AppError with the code of a refusal; livekit_unavailable, store_unavailable, log_unavailable, overloaded.
 */
export async function startCall(
  { store, commands, regions }: StartDeps,
  command: StartCall,
): Promise<Applied> {
  const { tenantId, roomId, callId } = command;
  const known = await store.readCall(tenantId, callId);
  if (known !== null && known.roomId !== roomId) {
    throw new AppError("call_conflict", "This callId is that of a call in another room.");
  }
  // A repeat of what was in a call that has ended needs none.
  if (known?.row.call.state === "ended") return await commands.apply(command);
  const opened = known?.row.call ?? command;
  await regions.open(tenantId, opened);
  try {
    const outcome = await commands.apply(command);
    const call = outcome?.resource as Call | undefined;
    if (call === undefined || call.callId === opened.callId) return outcome;
    // The room had a call, which the user has joined by this.
    if (call.state !== "ended") await regions.open(tenantId, call);
    await closeUnused();
    return outcome;
  } catch (error) {
    if (error instanceof AppError && !error.retryable) await closeUnused();
    throw error;
  }

  /** Unless another request has begun a call by the same id. What fails here LiveKit does some minutes later. */
  async function closeUnused(): Promise<void> {
    try {
      const found = await store.readCall(tenantId, opened.callId);
      if (found?.row.call.callId !== opened.callId) await regions.close(tenantId, opened);
    } catch {}
  }
}
