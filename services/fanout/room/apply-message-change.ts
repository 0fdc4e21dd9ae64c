import { isDeepStrictEqual } from "node:util";
import { limits } from "#shared/limits.ts";
import { type CapabilityName, refusalOf } from "#shared/protocol/capabilities.ts";
import type { DeleteMessage, RoomCommand, UpdateMessage } from "#shared/protocol/commands.ts";
import { type ContactKind, contactKinds } from "#shared/protocol/contact-kind.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { MessageRow } from "#shared/store/store.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { isBlockedInDirect } from "./counting.ts";
import { contactRefusal, judgeEdit, withOpenDigits } from "./masking.ts";
import type { ToldEvent } from "./parts.ts";
import type { RoomState } from "./state.ts";

/** What the message says is replaced, and what it said is kept for the server. The same again changes nothing. */
export function updateMessage(state: RoomState, command: UpdateMessage, context: Context): Applied {
  const denied = denyUser(state, command, "message.update");
  if (denied !== null) return denied;
  if (isBlockedInDirect(state, command.actor.userId)) {
    return refused(state, "forbidden", "You cannot send in this room.");
  }
  const row = context.messageOf(command.messageId);
  if (row === null) return refused(state, "message_not_found");
  const { message } = row;
  if (!isOwn(command, message)) return refused(state, "forbidden", "Only its sender edits a message.");
  if (message.deletedAt !== null) return refused(state, "message_deleted");
  const { custom: said = message.custom } = command;
  const judged = judgeEdit(state, command, message, { body: command.body, custom: said });
  const { body, custom } = judged?.content ?? { body: command.body, custom: said };
  const says = (body !== null && body !== "") || message.attachments.length > 0;
  if (!says && (message.kind !== "custom" || custom === null)) {
    return refused(state, "invalid_request", "A message must have body or attachments.");
  }
  if (isDeepStrictEqual([body, custom], [message.body, message.custom])) {
    return unchanged(state, { kind: "existing", resource: message });
  }
  if (isTooOld(message, command)) return refused(state, "message_too_old");
  const masked = maskedBy(message, judged);
  if (judged?.isRefused) return refused(state, "contact_details_refused", contactRefusal);

  const change = new Change(state, context.position, command.at);
  const { masked: _before, ...unmasked } = message;
  const edited = { ...unmasked, body, custom, ...masked, editedAt: change.at };
  change.changeMessage(row, { message: edited }, command.actor.userId);
  const sender = command.actor.userId === null ? null : state.members.get(command.actor.userId);
  // What others go on from is the newest that it said, as that is now.
  if (judged !== null && sender !== null && sender.sentNumber === message.number) {
    change.setMember(withOpenDigits(sender, judged.open));
  }
  const { id, roomId: _room, seq: _seq, reactions: _reactions, ...fields } = edited;
  const { thread: _thread, deletedAt: _deleted, ...content } = fields;
  change.addEvent({
    type: "message.updated",
    messageId: id,
    ...content,
    actorId: command.actor.userId,
  });
  return change.done({ kind: "applied", resource: edited }, { flagged: judged?.flagged ?? null });
}

/** What is missing of the message now: of its attachments, which an edit leaves, what was before. */
function maskedBy({ masked, attachments }: Message, judged: { kinds: readonly ContactKind[] } | null) {
  const kinds = new Set(attachments.length > 0 ? masked : []);
  for (const kind of judged?.kinds ?? []) kinds.add(kind);
  return kinds.size === 0 ? {} : { masked: contactKinds.filter((kind) => kinds.has(kind)) };
}

/**
 * The message keeps its place, for ever, and says nothing any more; nor do the events that told it. What it said is kept
 * for the server, unless the server wants it gone: then of a message that was deleted before as well.
 */
export function deleteMessage(state: RoomState, command: DeleteMessage, context: Context): Applied {
  if (command.hard === true) return eraseMessage(state, command, context);
  const row = context.messageOf(command.messageId);
  const isTheirs = row !== null && !isOwn(command, row.message);
  const denied = denyUser(state, command, isTheirs ? "message.remove" : "message.delete");
  if (denied !== null) return denied;
  if (row === null) return refused(state, "message_not_found");
  const { message } = row;
  if (message.deletedAt !== null) return unchanged(state, { kind: "existing", resource: message });
  if (isTheirs && !command.ownersMay) {
    return refused(state, "forbidden", "Owners do not delete what others say here.");
  }
  if (!isTheirs && isTooOld(message, command)) return refused(state, "message_too_old");

  return takeBack(state, command, context, row);
}

function eraseMessage(state: RoomState, command: DeleteMessage, context: Context): Applied {
  if (command.actor.kind !== "server") return refused(state, "forbidden", "Only a server deletes for good.");
  const row = context.messageOf(command.messageId);
  if (row === null) return refused(state, "message_not_found");
  if (row.message.erased === true) return unchanged(state, { kind: "existing", resource: row.message });
  return takeBack(state, command, context, row);
}

function takeBack(state: RoomState, command: DeleteMessage, context: Context, row: MessageRow): Applied {
  const change = new Change(state, context.position, command.at);
  const told = context.toldOf(row.message.id);
  const { userId: actorId } = command.actor;
  const { message } = takeBackIn(change, row, { actorId, isHard: command.hard === true, told });
  return change.done({ kind: "applied", resource: message });
}

/** @param how.as what else it is from then on. */
export function takeBackIn(
  change: Change,
  row: MessageRow,
  how: {
    readonly actorId: string | null;
    readonly isHard: boolean;
    readonly told: readonly ToldEvent[];
    readonly as?: Partial<Message>;
  },
): MessageRow {
  const { actorId, isHard, told, as = {} } = how;
  const deletedAt = row.message.deletedAt ?? change.at;
  const { masked: _masked, ...rest } = row.message;
  const deleted: Message = {
    ...rest,
    ...as,
    body: null,
    attachments: [],
    mentions: [],
    reactions: {},
    custom: null,
    deletedAt,
    ...(isHard ? { erased: true } : {}),
  };
  const now = { message: deleted, moreReactions: null };
  const changed = change.changeMessage(row, now, actorId, { keeps: !isHard });
  const { id: messageId, number, senderId } = deleted;
  const { pinned } = change.state.head;
  if (pinned.some((pin) => pin.messageId === messageId)) {
    change.setHead({ pinned: pinned.filter((pin) => pin.messageId !== messageId) });
  }
  const sender = row.message.senderId === null ? null : change.state.members.get(row.message.senderId);
  if (isHard && sender?.openDigits !== undefined) change.setMember(withOpenDigits(sender, null));
  change.empty(told);
  const emptied = told.slice(-limits.emptiedToldMax).map(({ seq, at }) => ({ seq, at }));
  change.addEvent({
    type: "message.deleted",
    messageId,
    number,
    senderId,
    body: null,
    deletedAt,
    actorId,
    ...(isHard ? { erased: true, emptied } : {}),
  });
  return changed;
}

/** A server that acts for nobody; it may change any message, in a room of any state. */
function isServer({ actor }: RoomCommand): boolean {
  return actor.kind === "server" && actor.userId === null;
}

function isTooOld({ createdAt }: Message, command: UpdateMessage | DeleteMessage): boolean {
  const { withinSeconds, at } = command;
  if (withinSeconds === null || isServer(command)) return false;
  return Date.parse(at) - Date.parse(createdAt) > withinSeconds * 1_000;
}

function isOwn(command: RoomCommand, { senderId }: Message): boolean {
  return isServer(command) || (senderId !== null && senderId === command.actor.userId);
}

/** A server that acts for a user may do what the user may: whose a message is, matters here. */
export function denyUser(state: RoomState, command: RoomCommand, capability: CapabilityName): Applied | null {
  if (isServer(command)) return null;
  const member = command.actor.userId === null ? null : state.members.get(command.actor.userId);
  if (member === null) return refused(state, "not_a_member");
  const { type, state: lifecycle } = state.head;
  const refusal = refusalOf(capability, { type, state: lifecycle, role: member.role });
  return refusal === null ? null : refused(state, refusal);
}
