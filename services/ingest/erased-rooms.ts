import { type Clock, pause, rfc3339, type Timers } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { EraseUser } from "#shared/protocol/commands.ts";
import type { ErasedMessages, ErasureStep } from "#shared/protocol/erasures.ts";
import type { ClosedRoom } from "#shared/store/listings.ts";
import type { Store } from "#shared/store/store.ts";

interface Deps {
  readonly store: Pick<Store, "erasures" | "listClosedRooms" | "listOpenRooms" | "webhooks">;
  readonly commands: Pick<Commands, "apply">;
  readonly clock: Clock & Timers;
}

interface Erased {
  readonly tenantId: string;
  readonly userId: string;
  readonly pseudonym: string;
  readonly messages: ErasedMessages;
}

/**
 * Erases a user from every room that it is or was in. A room that is done is in none of the user's lists any more: so
 * whoever begins anew after a crash goes on with those that are left.
 *
 * @param ended asked between the steps.
 * @yields how many rooms were done since the last.
 */
export async function* eraseFromRooms(
  deps: Deps,
  erased: Erased,
  ended: () => boolean,
): AsyncGenerator<number> {
  const { tenantId, userId } = erased;
  const closedAts = await archiveOf(deps.store, erased);
  const seen = new Set<string>();
  const erase = async function* (roomIds: readonly string[]): AsyncGenerator<number> {
    for (let i = 0; i < roomIds.length && !ended(); i += limits.erasureRoomsAtOnceMax) {
      const slice = roomIds.slice(i, i + limits.erasureRoomsAtOnceMax);
      for (const roomId of slice) seen.add(roomId);
      const each = (roomId: string) =>
        eraseFromRoom(deps, erased, roomId, closedAts.get(roomId) ?? [], ended);
      await Promise.all(slice.map(each));
      yield slice.length;
    }
  };
  const limit = limits.erasurePageRoomsMax;
  for (let after = ""; !ended(); ) {
    const page = await deps.store.erasures.listEverRooms(tenantId, userId, { after, limit });
    yield* erase(page);
    after = page.at(-1) ?? after;
    if (page.length < limit) break;
  }
  // Those that it came to before there was a list of all.
  const others = [...closedAts.keys(), ...(await deps.store.listOpenRooms(tenantId, userId))];
  yield* erase([...new Set(others)].filter((roomId) => !seen.has(roomId)));
}

/** When the user's closed rooms closed, as its archive has them. */
async function archiveOf(
  store: Deps["store"],
  { tenantId, userId }: Erased,
): Promise<ReadonlyMap<string, string[]>> {
  const closedAts = new Map<string, string[]>();
  const limit = limits.erasurePageRoomsMax;
  let after: ClosedRoom | null = null;
  for (let found = 0; found < limits.erasureArchiveMax; found += limit) {
    const page: ClosedRoom[] = await store.listClosedRooms(tenantId, userId, { after, limit });
    for (const { roomId, closedAt } of page) {
      closedAts.set(roomId, [...(closedAts.get(roomId) ?? []), closedAt]);
    }
    after = page.at(-1) ?? null;
    if (page.length < limit) break;
  }
  return closedAts;
}

/** Step by step, as the room's writer says; one of which nothing was heard is asked for again. */
async function eraseFromRoom(
  { store, commands, clock }: Deps,
  { tenantId, ...erased }: Erased,
  roomId: string,
  closedAts: string[],
  ended: () => boolean,
): Promise<void> {
  let step: ErasureStep | null = { part: "messages", after: 0 };
  while (step !== null && !ended()) {
    // When it is no member any more, and before the room is in none of its lists.
    if (step.part === "events") await store.webhooks.forgetTold(tenantId, roomId, erased.userId);
    const command: EraseUser = {
      v: 1,
      type: "user.erase",
      tenantId,
      roomId,
      at: rfc3339(clock.nowMs()),
      actor: { kind: "server", userId: null },
      ...erased,
      ...step,
      closedAts,
    };
    try {
      const outcome = await commands.apply(command);
      if (outcome === null) await pause(clock, limits.erasureScanMs);
      else step = (outcome.resource as { rest: ErasureStep | null }).rest;
    } catch (error) {
      // It was never made, whatever a list says.
      if (error instanceof AppError && error.code === "room_not_found") return;
      throw error;
    }
  }
}
