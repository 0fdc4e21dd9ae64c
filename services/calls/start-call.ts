import type { Applied, Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { StartCall } from "#shared/protocol/commands.ts";
import type { Store } from "#shared/store/store.ts";
import type { LiveKitRegions } from "./livekit/regions.ts";

interface StartDeps {
  readonly store: Pick<Store, "readCall" | "readCallOf" | "readMembers">;
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
  asked: Omit<StartCall, "busy">,
): Promise<Applied> {
  const { tenantId, roomId, callId } = asked;
  const known = await store.readCall(tenantId, callId);
  if (known !== null && known.roomId !== roomId) {
    throw new AppError("call_conflict", "This callId is that of a call in another room.");
  }
  // A repeat of what was in a call that has ended needs none.
  if (known?.row.call.state === "ended") return await commands.apply({ ...asked, busy: [] });
  const opened = known?.row.call ?? asked;
  const command = { ...asked, busy: await busyUsers(store, asked) };
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

/**
 * Who is rung or is in a call in another room, as far as it is known at this moment: rooms have writers of their own,
 * so of two calls that begin at once in two rooms both may ring.
 */
async function busyUsers(
  store: StartDeps["store"],
  { tenantId, roomId, actor, invite }: Omit<StartCall, "busy">,
): Promise<string[]> {
  const userIds = invite ?? (await membersOf(store, tenantId, roomId));
  const calls = await Promise.all(
    userIds.map(async (userId) => {
      const found = userId === actor.userId ? null : await store.readCallOf(tenantId, userId);
      return found === null || found.roomId === roomId ? [] : [userId];
    }),
  );
  return calls.flat();
}

/** A room of more members rings nobody that is not named. */
async function membersOf(store: StartDeps["store"], tenantId: string, roomId: string): Promise<string[]> {
  const limit = limits.callRungMembersMax + 1;
  return (await store.readMembers(tenantId, roomId, { limit })).map(({ userId }) => userId);
}
