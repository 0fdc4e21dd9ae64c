import { rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { MessageUnread } from "#shared/protocol/derived-events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { isHiddenFrom, isMuted, ownReadNumber, unreadFor } from "#shared/store/shown.ts";
import type { MemberRow, MessageRow, RoomHead, Store } from "#shared/store/store.ts";
import { roomOf, saidBy } from "./derived-delivery.ts";

export type UnreadReads = Pick<Store, "readMembers" | "readMessages">;

interface Unread {
  readonly userId: string;
  /** Up to where the user has read: until that moves it is not told of again. */
  readonly readNumber: number;
  readonly event: MessageUnread;
}

interface Question {
  readonly tenantId: string;
  readonly head: RoomHead;
  readonly afterMs: number;
  readonly nowMs: number;
  /** By user, up to where it had read when it was told of. */
  readonly told: ReadonlyMap<string, number>;
}

/** Who has left messages of a room unread for long enough, and when the next will have. */
export async function unreadIn(
  store: UnreadReads,
  { tenantId, head, afterMs, nowMs, told }: Question,
): Promise<{ unread: Unread[]; nextMs: number | null }> {
  const messages = new MessagesOf(store, tenantId, head.roomId);
  const unread: Unread[] = [];
  let nextMs: number | null = null;
  for await (const member of membersOf(store, tenantId, head.roomId)) {
    const count = unreadFor(head, member);
    const readNumber = ownReadNumber(member);
    if (count === 0 || member.role === "observer" || isMuted(member)) continue;
    if ((told.get(member.userId) ?? -1) >= readNumber) continue;
    const oldest = await messages.oldestUnread(head, member);
    if (oldest === null) continue;
    const dueMs = Date.parse(oldest.createdAt) + afterMs;
    if (dueMs > nowMs) {
      nextMs = Math.min(dueMs, nextMs ?? dueMs);
      continue;
    }
    const { userId } = member;
    const place = { tenantId, roomId: head.roomId, at: rfc3339(nowMs), room: roomOf(head) };
    const event = { type: "message.unread", ...place, userId, unread: count, ...saidBy(oldest) } as const;
    unread.push({ userId, readNumber, event });
  }
  return { unread, nextMs };
}

async function* membersOf(store: UnreadReads, tenantId: string, roomId: string): AsyncGenerator<MemberRow> {
  const limit = limits.webhookDuePageRows;
  for (let after: string | undefined; ; ) {
    const page = await store.readMembers(tenantId, roomId, {
      limit,
      ...(after === undefined ? {} : { after }),
    });
    yield* page;
    after = page.at(-1)?.userId;
    if (page.length < limit) return;
  }
}

const pageMessages = 50;

/** A room's messages, each page read once: most members stand at the same place. */
class MessagesOf {
  readonly #read: (after: number) => Promise<MessageRow[]>;
  readonly #pages = new Map<number, Promise<MessageRow[]>>();

  constructor(store: UnreadReads, tenantId: string, roomId: string) {
    this.#read = async (after) =>
      (await store.readMessages(tenantId, roomId, { after, limit: pageMessages })).toReversed();
  }

  async oldestUnread({ expired }: RoomHead, member: MemberRow): Promise<Message | null> {
    const gone = expired ?? { number: 0, countable: 0 };
    const number = Math.max(ownReadNumber(member), gone.number);
    // The message at the marker tells what counted before the next one.
    let countable = number === gone.number ? gone.countable : null;
    let after = number === gone.number ? number : number - 1;
    for (let looked = 0; looked < limits.webhookMessagesLookedMax; looked += pageMessages) {
      const page = await this.#page(after);
      for (const row of page) {
        const counts = countable !== null && row.countable > countable;
        countable = row.countable;
        if (counts && isFor(member, row.message)) return row.message;
      }
      if (page.length < pageMessages) return null;
      after = page.at(-1)?.message.number ?? after;
    }
    return null;
  }

  #page(after: number): Promise<MessageRow[]> {
    const known = this.#pages.get(after) ?? this.#read(after);
    this.#pages.set(after, known);
    return known;
  }
}

function isFor(member: MemberRow, { senderId }: Message): boolean {
  return senderId !== member.userId && !isHiddenFrom(member, senderId);
}
