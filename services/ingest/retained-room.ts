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
 * @yields after each step.
 */
export async function* letGo(deps: Deps, { tenantId, roomId }: RoomPlace, ages: Retention) {
  const { store, commands, clock } = deps;
  for (;;) {
    const [head] = await store.readHeads(tenantId, [roomId]);
    if (head === undefined || head === null) return;
    const nowMs = clock.nowMs();
    const { messageSeconds, closedRoomSeconds } = ages[head.type];
    const isOver = isBefore(head.closedAt, nowMs, closedRoomSeconds);
    if (isOver && !head.deleted) {
      const place = { v: 1, tenantId, roomId, at: rfc3339(nowMs), actor: server } as const;
      await commands.apply({ ...place, type: "room.delete" });
      yield;
      continue;
    }
    const isOld = (at: string) => isOver || isBefore(at, nowMs, messageSeconds);
    if (!(await expireOldest(deps, { tenantId, head, nowMs, isOld }))) return;
    yield;
  }
}

/** Whether there may be more. */
async function expireOldest(
  { store, commands, media, clock }: Deps,
  of: {
    readonly tenantId: string;
    readonly head: RoomHead;
    readonly nowMs: number;
    readonly isOld: (at: string) => boolean;
  },
): Promise<boolean> {
  const { tenantId, head, nowMs, isOld } = of;
  const { roomId } = head;
  const after = head.expired?.number ?? 0;
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

function isBefore(at: string | null, nowMs: number, seconds: number | null): boolean {
  return at !== null && seconds !== null && Date.parse(at) < nowMs - seconds * 1_000;
}
