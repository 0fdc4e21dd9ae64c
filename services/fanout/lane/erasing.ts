import { limits } from "#shared/limits.ts";
import type { EraseUser } from "#shared/protocol/commands.ts";
import type { Message, MessageVersion } from "#shared/protocol/resources.ts";
import type { Store } from "#shared/store/store.ts";
import { type ErasingPart, nothingErasing, type ToldEvent } from "../room/parts.ts";
import { toldOf } from "./told.ts";

type ErasingStore = Pick<Store, "readMessages" | "readVersions" | "readCalls" | "readEvents">;

const pageVersions = 100;

/**
 * The part of a room that a step of an erasure is about.
 *
 * @returns null where the store is ahead of what memory has of the room.
 */
export async function readErasing(
  store: ErasingStore,
  { tenantId, roomId, userId, part, after, messages: choice }: EraseUser,
  seq: number,
): Promise<{ erasing: ErasingPart; told: ReadonlyMap<string, readonly ToldEvent[]> } | null> {
  const room = { tenantId, roomId };
  if (part === "events") {
    const page = { afterSeq: after, limit: limits.erasureEventsMax };
    // Those beyond are of a try whose end was not seen, or of another owner: this step has not made them.
    const known = (await store.readEvents(tenantId, roomId, page)).filter(({ event }) => event.seq <= seq);
    return { erasing: { ...nothingErasing, events: known }, told: new Map() };
  }
  if (part === "calls") {
    const page = { limit: limits.roomChangesMax, ...(after === 0 ? {} : { before: after }) };
    const calls = await store.readCalls(tenantId, roomId, page);
    return { erasing: { ...nothingErasing, calls }, told: new Map() };
  }
  // By `after` alone a page has the oldest of those after it, the newest of them first.
  const rows = await store.readMessages(tenantId, roomId, { after, limit: limits.roomChangesMax });
  const messages = rows.toReversed();
  if (messages.some(({ revised }) => revised > seq)) return null;
  const changed = messages.filter(({ message }) => message.editedAt !== null || message.deletedAt !== null);
  const removed = messages.filter(
    ({ message }) => choice === "remove" && message.senderId === userId && message.erased !== true,
  );
  const versions = await Promise.all(
    changed.map(async ({ message }) => [message.id, await versionsOf(store, room, message)] as const),
  );
  const told = await Promise.all(
    removed.map(async ({ message }) => [message.id, await toldOf(store, room, message)] as const),
  );
  return { erasing: { ...nothingErasing, messages, versions: new Map(versions) }, told: new Map(told) };
}

async function versionsOf(
  store: ErasingStore,
  { tenantId, roomId }: { readonly tenantId: string; readonly roomId: string },
  { number }: Message,
): Promise<MessageVersion[]> {
  const all: MessageVersion[] = [];
  for (let afterSeq = 0; ; ) {
    const page = await store.readVersions(tenantId, roomId, { number, afterSeq, limit: pageVersions });
    all.push(...page);
    afterSeq = page.at(-1)?.seq ?? 0;
    if (page.length < pageVersions) return all;
  }
}
