import { hash, randomBytes, randomUUID } from "node:crypto";
import { Type } from "typebox";
import { limits } from "#shared/limits.ts";

const identifierText = `[A-Za-z0-9_\\-.:@|]{1,${limits.idCharsMax}}`;
/** The customer's own strings for users, rooms and tenants. */
export const identifierPattern = `^${identifierText}$`;

const identifier = (description: string) => Type.String({ pattern: identifierPattern, description });

export const UserId = identifier("The customer's own id of a user.");
export const RoomId = identifier("The customer's own id of a room, often that of a business object.");
export const TenantId = identifier("A customer, brand or environment.");

/** In a query a list is one text. */
export const UserIdList = Type.String({
  pattern: `^${identifierText}(,${identifierText}){0,${limits.pageItemsMax - 1}}$`,
  description: `At most ${limits.pageItemsMax} ids of users, with commas between them.`,
});

/** Chosen by the client for each send, so that a repeat is recognised. */
export const ClientId = Type.String({
  minLength: 1,
  maxLength: limits.idCharsMax,
  pattern: "^[\\x21-\\x7e]+$",
  description: "Chosen by the sender, unique per message; a repeat returns the original.",
});

/** What a reaction is: an emoji, or a word of the customer's. Counted in Unicode code points. */
export const ReactionKey = Type.String({
  minLength: 1,
  maxLength: limits.reactionKeyCodePointsMax,
  pattern: "^[^\\s\\x00-\\x1f\\x7f]+$",
  description: `An emoji, or a word of your own without spaces; at most ${limits.reactionKeyCodePointsMax} Unicode code points. URL-encoded in paths.`,
});

export const MessageId = Type.String({ pattern: "^msg_[A-Za-z0-9_-]{22}$", description: "A message's id." });

/** By chance alone: whoever was not told it does not know it. */
export function newMediaId(): string {
  return `med_${randomBytes(17).toString("base64url").slice(0, 22)}`;
}

export const CallId = identifier(
  "The customer's own id of a call, unique in its tenant, or one made for it.",
);

/** Of a call that nobody has named. */
export function newCallId(): string {
  return `call_${hash("sha256", randomUUID(), "base64url").slice(0, 22)}`;
}

/** What a user is called in LiveKit: the same in all calls of its tenant, and no word of who it is. */
export function callIdentityOf(tenantId: string, userId: string): string {
  return `p_${hash("sha256", `livekit\n${tenantId}\n${userId}`, "base64url").slice(0, 22)}`;
}

/**
 * The id of a message is a function of who sends what where, so two copies of one send, taken in by two
 * nodes, are one message wherever they meet. Without a clientId no two sends are the same.
 *
 * Fields are joined by a newline, which none of the patterns above admits.
 */
export function messageIdFor(of: {
  tenantId: string;
  roomId: string;
  senderId: string | null;
  clientId: string | null;
}): string {
  const key = [of.tenantId, of.roomId, of.senderId ?? "", of.clientId ?? `\t${randomUUID()}`].join("\n");
  return `msg_${hash("sha256", key, "base64url").slice(0, 22)}`;
}
