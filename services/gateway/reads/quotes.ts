import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { quoteOf } from "#shared/store/quote.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import type { EventRow, MemberRow, Store } from "#shared/store/store.ts";

interface Place {
  readonly tenantId: string;
  readonly roomId: string;
}

/** Replies with what they reply to, as that is now and as far as the reader may see it. A page without any asks nothing. */
export async function withQuotes(
  store: Pick<Store, "readMessage">,
  { member, ...place }: Place & { readonly member: MemberRow | null },
  messages: readonly Message[],
): Promise<Message[]> {
  const parents = await readParents(store, place, messages);
  return messages.map((message) => {
    if (message.replyToId === null) return message;
    const parent = parents.get(message.replyToId);
    const isVisible = parent !== undefined && !isHiddenFrom(member, parent.senderId);
    return { ...message, replyTo: isVisible ? quoteOf(parent) : null };
  });
}

export type QuotingStore = Pick<Store, "readEvents" | "readMessage">;

/** Events of the past as they are told: a reply with what it replies to, as that is now. */
export async function readToldEvents(
  store: QuotingStore,
  { tenantId, roomId }: Place,
  page: { readonly afterSeq: number; readonly limit: number },
): Promise<EventRow[]> {
  const rows = await store.readEvents(tenantId, roomId, page);
  const replies = rows.flatMap(({ event }) => (event.type === "message.created" ? [event] : []));
  const parents = await readParents(store, { tenantId, roomId }, replies);
  return rows.map((row) => {
    const { event } = row;
    if (event.type !== "message.created" || event.replyToId === null) return row;
    const parent = parents.get(event.replyToId);
    return { ...row, event: { ...event, replyTo: parent === undefined ? null : quoteOf(parent) } };
  });
}

/** The event for somebody who may not see what it quotes. */
export function withoutQuote<E extends DurableEvent>(event: E): E {
  return event.type === "message.created" ? { ...event, replyTo: null } : event;
}

/** Who said what the event quotes; null: nobody, or it quotes nothing. */
export function quotedBy(event: DurableEvent): string | null {
  return event.type === "message.created" ? (event.replyTo?.senderId ?? null) : null;
}

async function readParents(
  store: Pick<Store, "readMessage">,
  { tenantId, roomId }: Place,
  replies: readonly Pick<Message, "replyToId">[],
): Promise<ReadonlyMap<string, Message>> {
  const ids = new Set(replies.map(({ replyToId }) => replyToId).filter((id) => id !== null));
  const rows = await Promise.all([...ids].map((id) => store.readMessage(tenantId, roomId, id)));
  return new Map(rows.flatMap((row) => (row === null ? [] : [[row.message.id, row.message] as const])));
}
