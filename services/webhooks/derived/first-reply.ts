import { limits } from "#shared/limits.ts";
import type { MemberFirstReply } from "#shared/protocol/derived-events.ts";
import type { MessageCreated } from "#shared/protocol/events.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Store } from "#shared/store/store.ts";
import { roomOf } from "./derived-delivery.ts";

export type ReplyReads = Pick<Store, "readHeads" | "readMember" | "readMessages">;

const pageMessages = 50;

/**
 * What a message is to its sender's answers, by the history before it alone: so it is the same whenever it is asked.
 *
 * @returns the event, if it is the first answer; "opening": nobody had said anything to answer; "later": it had answered
 *   before.
 */
export async function firstReply(
  store: ReplyReads,
  message: MessageCreated & { readonly senderId: string },
): Promise<MemberFirstReply | "opening" | "later"> {
  const { tenantId, roomId, senderId } = message;
  const member = await store.readMember(tenantId, roomId, senderId);
  const answered = await answeredBy(store, message, member?.joinedSeq ?? 0);
  if (typeof answered === "string") return answered;
  const [head] = await store.readHeads(tenantId, [roomId]);
  if (head === null || head === undefined) return "later";
  const { at, messageId, number, kind, body, attachments, mentions, replyToId, threadId, custom } = message;
  return {
    type: "member.first_reply",
    tenantId,
    roomId,
    at,
    room: roomOf(head),
    ...{ messageId, number, senderId, kind, body, attachments, mentions, replyToId, threadId, custom },
    createdAt: at,
    answered: {
      messageId: answered.id,
      number: answered.number,
      senderId: answered.senderId,
      createdAt: answered.createdAt,
    },
    responseMs: Math.max(0, Date.parse(at) - Date.parse(answered.createdAt)),
  };
}

type Answered = Message & { readonly senderId: string };

/**
 * Looks back from a message: the first of another's since its sender joined or last wrote is what it answers; where
 * there is none since it joined, the last before, which may be what it was brought in for.
 */
async function answeredBy(
  store: ReplyReads,
  { tenantId, roomId, senderId, number }: MessageCreated & { readonly senderId: string },
  joinedSeq: number,
): Promise<Answered | "opening" | "later"> {
  let answered: Answered | null = null;
  let hasWritten = false;
  let before = number;
  for (let looked = 0; looked < limits.webhookMessagesLookedMax; looked += pageMessages) {
    const page = await store.readMessages(tenantId, roomId, { before, limit: pageMessages });
    for (const { message } of page) {
      if (!isByUser(message) || message.kind === "system") continue;
      const isBefore = message.seq < joinedSeq;
      // One that has left and come back is new.
      if (message.senderId === senderId) hasWritten ||= !isBefore;
      // What it said after this was an answer already.
      else if (hasWritten) return "later";
      else if (isBefore) return answered ?? message;
      else answered = message;
    }
    before = page.at(-1)?.message.number ?? 0;
    if (page.length < pageMessages) break;
  }
  return answered ?? "opening";
}

function isByUser(message: Message): message is Answered {
  return message.senderId !== null;
}
