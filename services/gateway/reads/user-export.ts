import { limits } from "#shared/limits.ts";
import type { UserExportLine } from "#shared/protocol/user-export.ts";
import { memberResource } from "#shared/store/shown.ts";
import type { Store } from "#shared/store/store.ts";
import { defaultUserSettings } from "#shared/store/user-settings.ts";
import { versionLines } from "./export.ts";
import { reactionsOf } from "./reactions.ts";

type ExportStore = Pick<
  Store,
  | "erasures"
  | "getUser"
  | "media"
  | "readLastSeen"
  | "readMemberships"
  | "readMessages"
  | "readUserSettings"
  | "readVersions"
>;

interface Owner {
  readonly tenantId: string;
  readonly userId: string;
}

const limit = limits.pageItemsMax;

/**
 * All that is kept of a user, as it is when it is read: in every room that it is or was in, what it said and how it
 * reacted is found by reading the room. One page is in memory, however much there is.
 */
export async function* exportUser(store: ExportStore, owner: Owner): AsyncGenerator<UserExportLine> {
  let lines = 0;
  for await (const line of linesOf(store, owner)) {
    lines += 1;
    yield line;
  }
  yield { type: "end", lines };
}

async function* linesOf(store: ExportStore, owner: Owner): AsyncGenerator<UserExportLine> {
  const { tenantId, userId } = owner;
  const [profile, [settings = defaultUserSettings], [lastSeenAt = null]] = await Promise.all([
    store.getUser(tenantId, userId),
    store.readUserSettings(tenantId, [userId]),
    store.readLastSeen(tenantId, [userId]),
  ]);
  const { receipts, presence, blocked } = settings;
  const privacy = { receipts, presence };
  yield { type: "user", userId, profile, privacy, blocked: [...blocked], lastSeenAt };
  for (let after = ""; ; ) {
    const page = await store.erasures.listEverRooms(tenantId, userId, { after, limit });
    for (const roomId of page) yield* linesOfRoom(store, owner, roomId);
    after = page.at(-1) ?? after;
    if (page.length < limit) break;
  }
  for (let after: string | undefined; ; ) {
    const page = await store.media.listOfUser(tenantId, userId, {
      limit,
      ...(after === undefined ? {} : { after }),
    });
    for (const mediaId of page) {
      const row = await store.media.get(tenantId, mediaId);
      if (row === null) continue;
      const { fileName, contentType, size, createdAt } = row;
      yield { type: "media", mediaId, fileName, contentType, size, createdAt };
    }
    after = page.at(-1);
    if (page.length < limit) return;
  }
}

async function* linesOfRoom(
  store: ExportStore,
  { tenantId, userId }: Owner,
  roomId: string,
): AsyncGenerator<UserExportLine> {
  const [found] = await store.readMemberships(tenantId, userId, [roomId]);
  // A list may be ahead of its room.
  if (found === null || found === undefined) return;
  const { head, member } = found;
  const { type, name, state, createdAt, closedAt, number: newest } = head;
  yield {
    type: "room",
    room: { roomId, type, name, state, createdAt, closedAt },
    member: member === null ? null : memberResource(member),
  };
  for (let after = 0; after < newest; ) {
    // By `after` alone a page has the oldest of those after it, the newest of them first.
    const rows = await store.readMessages(tenantId, roomId, { after, limit });
    if (rows.length === 0) return;
    for (const row of rows.toReversed()) {
      const { message } = row;
      if (message.senderId === userId) {
        // What others made of it is theirs.
        yield { type: "message", message: { ...message, reactions: {} } };
        yield* versionLines(store, tenantId, message);
      }
      for (const { key, userId: by } of reactionsOf(row)) {
        if (by === userId) yield { type: "reaction", roomId, messageId: message.id, key };
      }
    }
    after = rows[0]?.message.number ?? newest;
  }
}
