import type { FastifyInstance } from "fastify";
import { AppError } from "#shared/errors/app-error.ts";
import { type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import type { MemberRow, MessageRow, Store } from "#shared/store/store.ts";
import { enterRoom, type Reader } from "./access.ts";
import { type HistoryPage, readHistory } from "./history.ts";
import { withQuotes } from "./quotes.ts";
import { reactionsOf } from "./reactions.ts";
import { visibleMessages } from "./visible-messages.ts";

/** The calls that read messages, and what hangs on them. */
export function registerMessageReads(app: FastifyInstance, store: Store, route: RouteContext): void {
  registerOperation(app, operations.listMessages, {
    ...route,
    handle: async ({ params, query }, caller) => {
      const { cursor, ...page } = query;
      return ok(
        await readHistory(store, caller, params.roomId, cursor === undefined ? page : pageFrom(page, cursor)),
      );
    },
  });
  registerOperation(app, operations.getMessage, {
    ...route,
    handle: async ({ params }, caller) => {
      const { message, member } = await readMessage(store, caller, params.roomId, params.messageId);
      const [shown = message] = await withQuotes(store, placeOf(caller, params.roomId, member), [message]);
      return ok(shown);
    },
  });
  registerOperation(app, operations.listThread, {
    ...route,
    handle: async ({ params: { roomId, messageId: rootId }, query }, caller) => {
      const limit = query.limit ?? limits.pageItemsDefault;
      const before = query.cursor === undefined ? {} : { before: numberOf(query.cursor) };
      const [{ member }, found] = await Promise.all([
        readMessage(store, caller, roomId, rootId),
        store.readThread(caller.tenantId, roomId, { rootId, ...before, limit: limit + 1 }),
      ]);
      const page = found.slice(0, limit).map(({ message }) => message);
      const shown = visibleMessages(page, member);
      const items = await withQuotes(store, placeOf(caller, roomId, member), shown);
      return ok({ items, next: found.length > limit ? String(page.at(-1)?.number) : null });
    },
  });
  registerOperation(app, operations.listMessageVersions, {
    ...route,
    handle: async ({ params: { roomId, messageId }, query }, { tenantId }) => {
      const limit = query.limit ?? limits.pageItemsDefault;
      const { message } = await readMessage(store, { tenantId, userId: null }, roomId, messageId);
      const afterSeq = query.cursor === undefined ? 0 : numberOf(query.cursor);
      const { number } = message;
      const found = await store.readVersions(tenantId, roomId, { number, afterSeq, limit: limit + 1 });
      const items = found.slice(0, limit);
      return ok({ items, next: found.length > limit ? String(items.at(-1)?.seq) : null });
    },
  });
  registerOperation(app, operations.listPins, {
    ...route,
    handle: async ({ params: { roomId } }, caller) => {
      const { head, member } = await enterRoom(store, caller, roomId);
      const rows = await Promise.all(
        head.pinned.map(({ messageId }) => store.readMessage(caller.tenantId, roomId, messageId)),
      );
      const found = rows.flatMap((row) => (row === null ? [] : [row.message]));
      const visible = visibleMessages(found, member);
      const shown = await withQuotes(store, placeOf(caller, roomId, member), visible);
      const items = shown.flatMap((message) => {
        const pin = head.pinned.find(({ messageId }) => messageId === message.id);
        return pin === undefined ? [] : [{ message, pinnedAt: pin.pinnedAt, pinnedBy: pin.pinnedBy }];
      });
      return ok({ items: items.reverse(), next: null });
    },
  });
  registerOperation(app, operations.listReactions, {
    ...route,
    handle: async ({ params: { roomId, messageId }, query }, caller) => {
      const limit = query.limit ?? limits.pageItemsDefault;
      const from = query.cursor === undefined ? 0 : numberOf(query.cursor);
      const row = await readMessage(store, caller, roomId, messageId);
      const all = reactionsOf(row).filter(({ key }) => query.key === undefined || key === query.key);
      const end = from + limit;
      return ok({ items: all.slice(from, end), next: end < all.length ? String(end) : null });
    },
  });
}

const ok = <T>(body: T) => ({ status: 200, body }) as const;

/** @throws AppError room_not_found, not_a_member, message_not_found. */
async function readMessage(
  store: Store,
  reader: Reader,
  roomId: string,
  messageId: string,
): Promise<MessageRow & { readonly member: MemberRow | null }> {
  const [{ member }, row] = await Promise.all([
    enterRoom(store, reader, roomId),
    store.readMessage(reader.tenantId, roomId, messageId),
  ]);
  if (row === null || isHiddenFrom(member, row.message.senderId)) throw new AppError("message_not_found");
  return { ...row, member };
}

function placeOf({ tenantId }: Reader, roomId: string, member: MemberRow | null) {
  return { tenantId, roomId, member };
}

/** Goes on in the direction of the page before: see `readHistory`. */
function pageFrom({ around: _, ...page }: HistoryPage, cursor: string): HistoryPage {
  const number = numberOf(cursor);
  const isForward = page.after !== undefined && page.before === undefined;
  return { ...page, ...(isForward ? { after: number } : { before: number }) };
}

function numberOf(cursor: string): number {
  const number = Number(cursor);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new AppError("invalid_request", undefined, {
    details: [{ path: "/cursor", message: "is not of this list" }],
  });
}
