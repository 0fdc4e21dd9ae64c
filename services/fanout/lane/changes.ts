import type {
  AddReaction,
  CallCommand,
  DeleteMessage,
  PinMessage,
  RemoveReaction,
  RoomCommand,
  UnpinMessage,
  UpdateMessage,
} from "#shared/protocol/commands.ts";
import type { MessageRow, RoomHead } from "#shared/store/store.ts";

type MessageChange = UpdateMessage | DeleteMessage | PinMessage | UnpinMessage | AddReaction | RemoveReaction;

const changes: ReadonlySet<string> = new Set<MessageChange["type"]>([
  "message.update",
  "message.delete",
  "message.pin",
  "message.unpin",
  "reaction.add",
  "reaction.remove",
]);

/** Whether a command is to change a message that is there. */
export function isChange(command: RoomCommand): command is MessageChange {
  return changes.has(command.type);
}

/** Whether a command is about a call. */
export function isCallCommand(command: RoomCommand): command is CallCommand {
  return command.type.startsWith("call.");
}

/** Calls which a command is about. */
export function callsNeeded(command: RoomCommand, { stillRecorded = [] }: RoomHead): readonly string[] {
  if (command.type === "room.due") return stillRecorded.map(({ callId }) => callId);
  return isCallCommand(command) ? [command.callId] : [];
}

/** Messages that are there which a command is about. */
export function messagesNeeded(command: RoomCommand): readonly string[] {
  if (isChange(command)) return [command.messageId];
  return command.type === "message.create" && command.replyToId !== null ? [command.replyToId] : [];
}

/** Messages, and those with which their threads begin, as a reply changes that as well. */
export async function withRoots(
  messageIds: readonly string[],
  read: (messageId: string) => Promise<MessageRow | null>,
): Promise<MessageRow[]> {
  const rows = (await Promise.all(messageIds.map(read))).filter((row) => row !== null);
  const asked = new Set(messageIds);
  const rootIds = new Set(rows.map(({ message }) => message.threadId).filter((id) => id !== null));
  const roots = await Promise.all([...rootIds].filter((id) => !asked.has(id)).map(read));
  return [...rows, ...roots.filter((row) => row !== null)];
}
