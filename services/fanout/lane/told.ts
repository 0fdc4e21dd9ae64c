import type { Message } from "#shared/protocol/resources.ts";
import { tellsOf } from "#shared/store/emptied.ts";
import type { MessageRow, Store } from "#shared/store/store.ts";
import type { ToldEvent } from "../room/parts.ts";
import type { Entry } from "./room-batch.ts";

type ToldStore = Pick<Store, "readEvents" | "readVersions">;

interface Room {
  readonly tenantId: string;
  readonly roomId: string;
}

const pageVersions = 100;

/**
 * The events that told what messages said which a batch deletes, by message. Where they are follows from the message and
 * its versions, which a delete leaves alone until the head speaks of it: a try that is made again finds the same.
 */
export async function readTold(
  store: ToldStore,
  room: Room,
  rows: readonly MessageRow[],
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, readonly ToldEvent[]>> {
  const deleted = new Map(
    entries.flatMap(({ command }) =>
      command.type === "message.delete" ? [[command.messageId, command.hard === true] as const] : [],
    ),
  );
  const concerned = rows.filter(({ message: { id, deletedAt, erased } }) => {
    const isHard = deleted.get(id);
    return isHard !== undefined && (isHard ? erased !== true : deletedAt === null);
  });
  const told = await Promise.all(
    concerned.map(async ({ message }) => [message.id, await toldOf(store, room, message)] as const),
  );
  return new Map(told);
}

export async function toldOf(store: ToldStore, room: Room, message: Message): Promise<ToldEvent[]> {
  const { id, seq, number, createdAt, editedAt, deletedAt } = message;
  const told = await eventAt(store, room, id, { seq, at: createdAt });
  if (editedAt === null && deletedAt === null) return told;
  for (let afterSeq = 0; ; ) {
    const page = { number, afterSeq, limit: pageVersions };
    const versions = await store.readVersions(room.tenantId, room.roomId, page);
    const found = await Promise.all(
      versions.map(({ seq, replacedAt }) => eventAt(store, room, id, { seq, at: replacedAt })),
    );
    told.push(...found.flat());
    afterSeq = versions.at(-1)?.seq ?? 0;
    if (versions.length < pageVersions) return told;
  }
}

/** Nothing where the event told something else: that the message was deleted. */
async function eventAt(
  store: ToldStore,
  { tenantId, roomId }: Room,
  messageId: string,
  place: { readonly seq: number; readonly at: string },
): Promise<ToldEvent[]> {
  const [row] = await store.readEvents(tenantId, roomId, { afterSeq: place.seq - 1, limit: 1 });
  if (row === undefined || row.event.seq !== place.seq) return [{ ...place, row: null }];
  return tellsOf(row.event, messageId) ? [{ ...place, row }] : [];
}
