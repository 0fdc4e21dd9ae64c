import { type Clock, pause, rfc3339, type Timers } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { limits } from "#shared/limits.ts";
import type { Retention } from "#shared/protocol/retention.ts";
import type { RoomPlace } from "#shared/store/retention-store.ts";
import type { RoomHead, Store } from "#shared/store/store.ts";
import type { MediaRemoval } from "./media/media-removal.ts";

interface Deps {
  readonly store: Pick<Store, "readHeads" | "readMessages">;
  readonly commands: Pick<Commands, "apply">;
  readonly media: Pick<MediaRemoval, "withFilesOf"> | null;
  readonly clock: Clock & Timers;
}

const server = { kind: "server", userId: null } as const;

/**
 * Lets go what is too old in one room, step by step.
 *
 * @param agesNow what the tenant wants by now; null: it keeps all for ever.
 * @yields after each step.
 */
export async function* letGo(
  deps: Deps,
  { tenantId, roomId }: RoomPlace,
  agesNow: () => Promise<Retention | null>,
) {
  for (;;) {
    const ages = await agesNow();
    if (ages === null) return;
    const [head] = await deps.store.readHeads(tenantId, [roomId]);
    if (head === undefined || head === null) return;
    const nowMs = deps.clock.nowMs();
    const { messageSeconds, closedRoomSeconds } = ages[head.type];
    // What was deleted while it was open is over since then.
    const overAt = head.closedAt ?? (head.deleted ? head.updatedAt : null);
    const isOver = isBefore(overAt, nowMs, closedRoomSeconds);
    const isOld = (at: string) => isOver || isBefore(at, nowMs, messageSeconds);
    const of = { tenantId, head, nowMs, isOld };
    if (!(isOver && !head.deleted ? await deleteClosed(deps, of) : await expireOldest(deps, of))) return;
    yield;
  }
}

interface Room {
  readonly tenantId: string;
  readonly head: RoomHead;
  readonly nowMs: number;
  readonly isOld: (at: string) => boolean;
}

/** Whether there may be more. A room that was opened again meanwhile stays, and is for the next pass. */
async function deleteClosed({ commands, clock }: Deps, { tenantId, head, nowMs }: Room): Promise<boolean> {
  const { roomId, closedAt } = head;
  const place = { v: 1, tenantId, roomId, at: rfc3339(nowMs), actor: server } as const;
  const outcome = await commands.apply({ ...place, type: "room.delete", closedAt });
  if (outcome === null) await pause(clock, limits.retentionLookMsMax);
  return outcome?.result !== "existing";
}

/** Whether there may be more. */
async function expireOldest(deps: Deps, room: Room): Promise<boolean> {
  const { store, commands, media, clock } = deps;
  const { tenantId, head, nowMs, isOld } = room;
  const { roomId } = head;
  const after = head.expired?.number ?? 0;
  if (head.number === after && isNamed(head) && isOld(head.updatedAt)) return clearName(deps, room);
  if (head.number === after || !isOld(head.createdAt)) return false;
  // By `after` alone a page has the oldest of those after it, the newest of them first.
  const page = await store.readMessages(tenantId, roomId, { after, limit: limits.expiredMessagesMax });
  const messages = page.map(({ message }) => message).toReversed();
  const kept = messages.findIndex(({ createdAt }) => !isOld(createdAt));
  const going = kept === -1 ? messages : messages.slice(0, kept);
  const last = going.at(-1);
  if (last === undefined) return false;
  const expire = () =>
    commands.apply({
      v: 1,
      type: "messages.expire",
      tenantId,
      roomId,
      at: rfc3339(nowMs),
      actor: server,
      number: last.number,
    });
  const withFiles = going.filter(
    ({ attachments, deletedAt }) => attachments.length > 0 || deletedAt !== null,
  );
  const places = withFiles.map(({ id: messageId }) => ({ tenantId, roomId, messageId }));
  const outcome = await (media === null ? expire() : media.withFilesOf(places, expire));
  // Nothing was heard of it: before it is asked for again it may come about.
  if (outcome === null) await pause(clock, limits.retentionLookMsMax);
  return true;
}

/** Of a room that was deleted after its last message went, or never had one. Where nothing is heard the next pass asks again. */
async function clearName({ commands }: Deps, { tenantId, head, nowMs }: Room): Promise<false> {
  const { roomId, number } = head;
  const place = { v: 1, tenantId, roomId, at: rfc3339(nowMs), actor: server } as const;
  await commands.apply({ ...place, type: "messages.expire", number });
  return false;
}

/** A deleted room that says something yet. */
function isNamed({ deleted, name, custom }: RoomHead): boolean {
  return deleted && (name !== null || custom !== null);
}

function isBefore(at: string | null, nowMs: number, seconds: number | null): boolean {
  return at !== null && seconds !== null && Date.parse(at) < nowMs - seconds * 1_000;
}
