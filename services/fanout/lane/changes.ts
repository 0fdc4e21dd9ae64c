import type {
  AddReaction,
  DeleteMessage,
  RemoveReaction,
  RoomCommand,
  UpdateMessage,
} from "#shared/protocol/commands.ts";

type MessageChange = UpdateMessage | DeleteMessage | AddReaction | RemoveReaction;

const changes: ReadonlySet<string> = new Set<MessageChange["type"]>([
  "message.update",
  "message.delete",
  "reaction.add",
  "reaction.remove",
]);

/** Whether a command is to change a message that is there. */
export function isChange(command: RoomCommand): command is MessageChange {
  return changes.has(command.type);
}
