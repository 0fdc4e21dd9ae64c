import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Store } from "#shared/store/store.ts";
import { enterRoom, type Reader } from "./access.ts";
import { withQuotes } from "./quotes.ts";
import { visibleMessages } from "./visible-messages.ts";

type HistoryStore = Pick<Store, "readHeads" | "readMemberships" | "readMessages" | "readMessage">;

export interface HistoryPage {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  readonly limit?: number;
}

/**
 * A page of messages, newest first. `next` is the `before` of the page of older ones; in a page by `after` alone it is
 * the `after` of the page of newer ones. null: there are no more that way.
 *
 * @throws AppError room_not_found, not_a_member, invalid_request (around together with another).
 */
export async function readHistory(
  store: HistoryStore,
  reader: Reader,
  roomId: string,
  page: HistoryPage,
): Promise<{ items: Message[]; next: string | null }> {
  const limit = page.limit ?? limits.pageItemsDefault;
  // First: a refusal between the two reads would leave the one under way without anybody to hear how it ends.
  const range = { ...rangeOf(page, limit), limit };
  const [{ head, member }, rows] = await Promise.all([
    enterRoom(store, reader, roomId),
    store.readMessages(reader.tenantId, roomId, range),
  ]);
  const messages = rows.map(({ message }) => message);
  const [newest, oldest] = [messages[0]?.number ?? 0, messages.at(-1)?.number ?? 0];
  const { tenantId } = reader;
  const items = await withQuotes(store, { tenantId, roomId, member }, visibleMessages(messages, member));
  if (page.after !== undefined && page.before === undefined) {
    return { items, next: newest > 0 && newest < head.number ? String(newest) : null };
  }
  const end = Math.max(page.after ?? 0, head.expired?.number ?? 0);
  return { items, next: oldest > end + 1 ? String(oldest) : null };
}

function rangeOf({ before, after, around }: HistoryPage, limit: number): { before?: number; after?: number } {
  if (around === undefined) {
    return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  }
  if (before !== undefined || after !== undefined) {
    const details = [{ path: "/around", message: "goes without before and after" }];
    throw new AppError("invalid_request", undefined, { details });
  }
  // The number in the middle: half of the page is older, half newer.
  return { after: Math.max(0, around - Math.floor(limit / 2) - 1) };
}
