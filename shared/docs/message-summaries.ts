import { limits } from "#shared/limits.ts";

/**
 * What each frame and event of the contract says, by type; a description in its schema goes before. The documents
 * show those that the protocol has.
 */
export const messageSummaries: Readonly<Record<string, string>> = {
  connect: "The first frame: who connects, and the last seq it has of each room it wants to catch up on.",
  "message.send":
    "Send a message. The answer comes once it is durable; a repeat of the clientId creates nothing.",
  "message.update": "Change what a message of one's own says. The same again changes nothing.",
  "message.delete":
    "Take back what a message says, one's own or as an owner of the room; it keeps its place with body null.",
  "message.pin": "Pin a message in its room. The same again changes nothing.",
  "message.unpin": "Pin a message no more.",
  "reaction.add":
    "React to a message. The same again changes nothing; where a tenant has one reaction for each user, another takes its place.",
  "reaction.remove": "Take a reaction back. One that is not there changes nothing.",
  "room.read": "Mark as read up to this message number. Markers only move forward.",
  "room.delivered": "Mark as delivered up to this message number. Markers only move forward.",
  "room.mute": "Mute the room for the user alone, or (false) mute it no more.",
  "privacy.set": "Set what others may know of the user; what is not named stays.",
  "user.block": "Block a user: what it says is hidden, and in a direct room it cannot send. It is not told.",
  "user.unblock": "Block a user no more.",
  "room.unread": "Mark as unread from this message on. Only the user's own sessions are told.",
  "typing.start": "The user is typing. Answered only where it carries a ref; never stored.",
  "typing.stop": "The user stopped typing.",
  history: "A page of a room's history by number, newest first.",
  "room.watch": "Receive the events of a room as well.",
  "room.unwatch": "Receive them no more.",
  "presence.watch": "Be told when these users come and go, in place of those named before.",
  "token.refresh": "Bring a new token of the same user before the old one ends; the session lives on.",
  ping: "Ask for a pong.",

  connected: "The session is open: all the user's open rooms, each with its seq and what is unread.",
  "room.gap": "Too much was missed: read the history of this room again.",
  ok: "The frame with this ref was done.",
  error: "The frame with this ref was refused.",
  pong: "The answer to ping.",

  "message.created": "A message was sent.",
  "message.updated": "A message says something else: these are all its fields as they are now.",
  "message.deleted":
    "A message was deleted: it keeps its place and says nothing any more. `erased`: for good, and `emptied` names the events that told it, which say nothing of it any more either.",
  "message.reported": "Somebody reported a message, or masking has flagged it: look at the queue of reports.",
  "messages.expired":
    "Messages have come to the age at which the tenant lets them go: all up to this number are gone.",
  "messages.anonymised": "A user was erased, and is nobody in these messages from now on.",
  "message.pinned": "A message was pinned: it is in the room's list of pins.",
  "message.unpinned": "A message is pinned no more. One that is deleted is so by `message.deleted` alone.",
  "reaction.added": "A member reacted to a message.",
  "reaction.removed": "A member took a reaction back.",
  "message.unread":
    "A user has not read a message for as long as the endpoint says (`unreadAfterSeconds`): time for a push, a text message or a mail of yours. The message is the oldest that it has not read. Told once, until the user has read; cancelled by reading, by muting the room, by leaving it and when the room closes.",
  "room.idle":
    "Nothing was said in an open room for as long as the endpoint says (`idleAfterSeconds`). Any message begins the time anew, one of yours too; told once for each silence.",
  "member.first_reply":
    "The first message with which a member answers another, and how long it took. Once for each member and room; one that has left and come back is new.",
  "webhook.batch":
    "Several events in one call, for endpoints with `batch`. `webhook-id` is the batch's own, the same for every try of it, with the same events.",
  "webhook.test": "Sent because you asked for it, whatever the endpoint's filters.",
  "room.created": "The room was made, with these members.",
  "room.updated": "The room's name, custom data or times were changed.",
  "room.frozen": "The room can only be read. Without an actor: it was time, or a server did it for nobody.",
  "room.closed": "The room can only be read, and is out of the lists.",
  "room.reopened": "The room is open again.",
  "room.deleted": "The room is gone.",
  "call.ringing":
    "A call began. It rings `userIds` until `call.ringEndsAt`, each on all devices, until one answers; without any it waits for who joins. Who is in the call of another room is not among them: `call.declined` (`busy`) says so next.",
  "call.accepted": "One who was rung has answered: the user's other devices stop ringing.",
  "call.declined": "One who was rung does not answer, or (`busy`) is in another call.",
  "call.missed": "It rings these no more, and goes on without them.",
  "call.joined": "A user came to a call that did not ring it, or came again.",
  "call.left": "A user has left the call.",
  "call.recording": "The call is recorded from now on.",
  "call.recorded": `A recording is over, maybe after its call: \`recording.location\` is its file. \`failed\` is also one of which LiveKit has not said so ${limits.callRecordingSilenceMsMax / 60_000} min after its call. What LiveKit was told to record by others is told too.`,
  "call.ended":
    "The call is over. `call.participants` says what became of each: how long it was in the call, what LiveKit was seen to have of it, and what its device has reported so far.",
  "call.quality":
    "A user's device, or the user, has said how good the call was: mostly soon after `call.ended`. It is that side's word alone.",
  "member.added": "A user is now a member.",
  "member.removed": "A user is no longer a member.",
  "member.updated": "A member's role or custom data was changed.",
  "observer.added": "To an observer alone: it now hears of this room.",
  "observer.removed": "To an observer alone: it hears no more of this room.",
  "receipt.read": "A member has read up to this message number.",
  "receipt.delivered": "A member's device has received up to this message number.",
  "receipt.unread": "To the user's own sessions only: from this message on all is unread again.",
  "event.hidden": "In place of what somebody says whom the user blocks: only its place.",
  "room.filtered":
    "To the user's own sessions only: what the room hides from it has changed. Read its history again.",
  "room.muted": "To the user's own sessions only: the room is muted for it, or no more.",
  "user.updated":
    "A member's profile is another from `at` on. Comes once for each room that the user and the receiver share; what was missed, the list of members shows.",
  "typing.started": "Another member is typing. Comes again while it lasts.",
  "typing.stopped": "Another member stopped typing, sent what it typed, or was not heard of again.",
  "presence.changed": "A watched user came or went.",
  "message.rejected":
    "To its sender only: a message, or a change of one, that was taken could not be applied. `request` says which frame it was.",
};
