import type { RoomCommand } from "#shared/protocol/commands.ts";
import { type Applied, type Context, refused } from "./applied.ts";
import {
  acceptCall,
  cancelCall,
  connectedCall,
  declineCall,
  endCall,
  leaveCall,
  startCall,
} from "./apply-call.ts";
import { roomDue } from "./apply-due.ts";
import { eraseUser } from "./apply-erase.ts";
import { expireMessages } from "./apply-expire.ts";
import { deliverRoom, readRoom, unreadRoom } from "./apply-marker.ts";
import { putMember, removeMember } from "./apply-member.ts";
import { createMessage } from "./apply-message.ts";
import { deleteMessage, updateMessage } from "./apply-message-change.ts";
import { pinMessage, unpinMessage } from "./apply-pin.ts";
import { tellProfile } from "./apply-profile.ts";
import { reportQuality } from "./apply-quality.ts";
import { addReaction, removeReaction } from "./apply-reaction.ts";
import { recordCall, recordedCall } from "./apply-recording.ts";
import { deleteRoom, patchRoom, putRoom } from "./apply-room.ts";
import { muteRoom, setMember } from "./apply-settings.ts";
import type { RoomState } from "./state.ts";

/**
 * The room's single writer: what one command makes of one room. A pure function of its arguments, so every owner of
 * the partition, now or after a crash, comes to the same seq, the same rows and the same answer.
 */
export function apply(state: RoomState | null, command: RoomCommand, context: Context): Applied {
  if (command.type === "room.put") return putRoom(state, command, context.position);
  // What is deleted is kept as well.
  if (command.type === "user.erase" && state !== null) return eraseUser(state, command, context);
  if (command.type === "messages.expire" && state !== null) return expireMessages(state, command, context);
  if (state === null || state.head.deleted) return refused(state, "room_not_found");
  switch (command.type) {
    case "room.patch":
      return patchRoom(state, command, context.position);
    case "room.delete":
      return deleteRoom(state, command, context.position);
    case "room.due":
      return roomDue(state, command, context);
    case "member.put":
      return putMember(state, command, context.position);
    case "member.remove":
      return removeMember(state, command, context.position);
    case "message.create":
      return createMessage(state, command, context);
    case "message.update":
      return updateMessage(state, command, context);
    case "message.delete":
      return deleteMessage(state, command, context);
    case "message.pin":
      return pinMessage(state, command, context);
    case "message.unpin":
      return unpinMessage(state, command, context);
    case "reaction.add":
      return addReaction(state, command, context);
    case "reaction.remove":
      return removeReaction(state, command, context);
    case "room.read":
      return readRoom(state, command, context);
    case "room.delivered":
      return deliverRoom(state, command, context);
    case "room.unread":
      return unreadRoom(state, command, context);
    case "member.settings":
      return setMember(state, command, context);
    case "room.mute":
      return muteRoom(state, command, context);
    case "member.profile":
      return tellProfile(state, command);
    case "user.erase":
      return eraseUser(state, command, context);
    case "messages.expire":
      return expireMessages(state, command, context);
    case "call.start":
      return startCall(state, command, context);
    case "call.accept":
      return acceptCall(state, command, context);
    case "call.decline":
      return declineCall(state, command, context);
    case "call.cancel":
      return cancelCall(state, command, context);
    case "call.leave":
      return leaveCall(state, command, context);
    case "call.end":
      return endCall(state, command, context);
    case "call.connected":
      return connectedCall(state, command, context);
    case "call.quality":
      return reportQuality(state, command, context);
    case "call.record":
      return recordCall(state, command, context);
    case "call.recorded":
      return recordedCall(state, command, context);
  }
}
