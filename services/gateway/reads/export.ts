import { limits } from "#shared/limits.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { RoomExportLine } from "#shared/protocol/room-export.ts";
import { shownHead } from "#shared/store/shown.ts";
import type { MessageRow, RoomHead, Store } from "#shared/store/store.ts";
import { readShownMembers, withProfiles } from "./members.ts";
import { reactionsOf } from "./reactions.ts";

type ExportStore = Pick<Store, "getUser" | "readMembers" | "readMessages" | "readVersions">;

const limit = limits.pageItemsMax;

/**
 * All of a room, as of now: what is said later is not in it, what changes meanwhile is as it is when its page is read.
 * The next page is read when the one before has been taken, so one page is in memory, however long the room.
 */
export async function* exportRoom(
  store: ExportStore,
  tenantId: string,
  head: RoomHead,
): AsyncGenerator<RoomExportLine> {
  let lines = 0;
  for await (const line of linesOf(store, tenantId, head)) {
    lines += 1;
    yield line;
  }
  yield { type: "end", lines };
}

async function* linesOf(
  store: ExportStore,
  tenantId: string,
  head: RoomHead,
): AsyncGenerator<RoomExportLine> {
  const { roomId, number: newest } = head;
  yield { type: "room", room: shownHead(head) };
  for (let after: string | undefined; ; ) {
    const page = { limit, ...(after === undefined ? {} : { after }) };
    const rows = await readShownMembers(store, { tenantId, userId: null }, roomId, page);
    for (const member of await withProfiles(store, tenantId, rows)) yield { type: "member", member };
    after = rows.at(-1)?.userId;
    if (rows.length < limit) break;
  }
  for (let after = 0; after < newest; ) {
    // By `after` alone a page has the oldest of those after it, the newest of them first.
    const rows = await store.readMessages(tenantId, roomId, { after, limit });
    if (rows.length === 0) return;
    for (const row of rows.toReversed()) {
      if (row.message.number <= newest) yield* linesOfMessage(store, tenantId, row);
    }
    after = rows[0]?.message.number ?? newest;
  }
}

async function* linesOfMessage(
  store: ExportStore,
  tenantId: string,
  row: MessageRow,
): AsyncGenerator<RoomExportLine> {
  const { message } = row;
  const { id: messageId } = message;
  yield { type: "message", message };
  for (const reaction of reactionsOf(row)) yield { type: "reaction", messageId, ...reaction };
  yield* versionLines(store, tenantId, message);
}

/** What a message said before. */
export async function* versionLines(
  store: Pick<Store, "readVersions">,
  tenantId: string,
  { id: messageId, number, roomId, editedAt, deletedAt }: Message,
): AsyncGenerator<Extract<RoomExportLine, { type: "version" }>> {
  if (editedAt === null && deletedAt === null) return;
  for (let afterSeq = 0; ; ) {
    const versions = await store.readVersions(tenantId, roomId, { number, afterSeq, limit });
    for (const version of versions) yield { type: "version", messageId, version };
    afterSeq = versions.at(-1)?.seq ?? 0;
    if (versions.length < limit) return;
  }
}
