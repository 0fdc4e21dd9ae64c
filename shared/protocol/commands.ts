import { type Static, type TProperties, Type } from "typebox";
import { Call, CallConnection, CallKind, CallRecording, qualityFields } from "./calls.ts";
import { Custom } from "./custom.ts";
import { ErasedMessages, ErasureStep } from "./erasures.ts";
import { CallId, ClientId, MessageId, ReactionKey, RoomId, TenantId, UserId } from "./ids.ts";
import { MaskingRules } from "./masking.ts";
import {
  Attachment,
  Body,
  MessageKind,
  Name,
  nullable,
  Profile,
  Role,
  RoomLifecycle,
  RoomType,
  strict,
  Time,
  WantedMember,
} from "./resources.ts";

/**
 * Records of `commands`: validated intents, in the order in which the log took them. Ingest writes them; the owner
 * of the partition decides. `at` is ingest's clock, so that applying a command needs none.
 */

/** Where the outcome is wanted: an ingest node's inbox. */
const ReplyTo = Type.Object(
  { inbox: Type.String(), partition: Type.Integer({ minimum: 0 }), requestId: Type.String() },
  strict,
);

/** Who asks. `server` may act for any user of its tenant, or (`userId` null) for none. */
export const Actor = Type.Object({ kind: Type.Enum(["server", "client"]), userId: nullable(UserId) }, strict);
export type Actor = Static<typeof Actor>;

const roomCommand = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object(
    {
      v: Type.Literal(1),
      type: Type.Literal(type),
      tenantId: TenantId,
      roomId: RoomId,
      at: Time,
      actor: Actor,
      replyTo: Type.Optional(ReplyTo),
      ...fields,
    },
    { ...strict, title: type },
  );

/** What of a user's own settings its rooms must know. */
const JoinSettings = Type.Object({ receipts: Type.Boolean(), blocked: Type.Array(UserId) }, strict);
export type JoinSettings = Static<typeof JoinSettings>;
/** Of those who come by the command, where they want other than the default. */
const settings = Type.Optional(Type.Record(UserId, JoinSettings));

export const PutRoom = roomCommand("room.put", {
  roomType: RoomType,
  members: Type.Array(WantedMember),
  settings,
  name: Type.Optional(nullable(Name)),
  custom: Type.Optional(nullable(Custom)),
  freezeAt: Type.Optional(nullable(Time)),
  closeAt: Type.Optional(nullable(Time)),
});
/** As the tenant's settings were. Missing: nothing is looked for. */
const masking = Type.Optional(MaskingRules);
export const PatchRoom = roomCommand("room.patch", {
  name: Type.Optional(nullable(Name)),
  custom: Type.Optional(nullable(Custom)),
  state: Type.Optional(RoomLifecycle),
  masking,
  freezeAt: Type.Optional(nullable(Time)),
  closeAt: Type.Optional(nullable(Time)),
});
/** With `closedAt` only a room that closed then, and that nobody has opened or closed since. */
export const DeleteRoom = roomCommand("room.delete", {
  closedAt: Type.Optional(nullable(Time)),
});
/** Written by the owner of the room's partition when a time of the room has come, as it is by `at`. */
export const RoomDue = roomCommand("room.due", {});
export const PutMember = roomCommand("member.put", {
  userId: UserId,
  role: Type.Optional(Role),
  custom: Type.Optional(nullable(Custom)),
  settings,
});
export const RemoveMember = roomCommand("member.remove", { userId: UserId });
export const CreateMessage = roomCommand("message.create", {
  messageId: MessageId,
  clientId: nullable(ClientId),
  kind: MessageKind,
  body: nullable(Body),
  attachments: Type.Array(Attachment),
  mentions: Type.Array(UserId),
  replyToId: nullable(MessageId),
  custom: nullable(Custom),
  silent: Type.Boolean(),
  masking,
});
/** As the tenant's settings were: how long after it was sent a user may change its message; null: for ever. */
const withinSeconds = nullable(Type.Integer({ minimum: 0 }));
export const UpdateMessage = roomCommand("message.update", {
  messageId: MessageId,
  body: nullable(Body),
  custom: Type.Optional(nullable(Custom)),
  withinSeconds,
  masking,
});
export const DeleteMessage = roomCommand("message.delete", {
  messageId: MessageId,
  withinSeconds,
  ownersMay: Type.Boolean({ description: "Owners of the room may delete what others said." }),
  hard: Type.Optional(Type.Boolean({ description: "For good: what it said is kept nowhere." })),
});
const PinMessage = roomCommand("message.pin", { messageId: MessageId });
const UnpinMessage = roomCommand("message.unpin", { messageId: MessageId });
const AddReaction = roomCommand("reaction.add", {
  userId: UserId,
  messageId: MessageId,
  key: ReactionKey,
  onePerUser: Type.Boolean({ description: "It takes the place of the user's others." }),
  masking,
});
const RemoveReaction = roomCommand("reaction.remove", {
  userId: UserId,
  messageId: MessageId,
  key: ReactionKey,
});
const marker = { userId: UserId, number: Type.Integer({ minimum: 0 }) };
export const ReadRoom = roomCommand("room.read", marker);
export const DeliverRoom = roomCommand("room.delivered", marker);
export const UnreadRoom = roomCommand("room.unread", marker);

/** A user wants other than before for itself, in all its rooms. */
export const SetMember = roomCommand("member.settings", {
  userId: UserId,
  receipts: Type.Optional(Type.Boolean()),
  block: Type.Optional(Type.Array(UserId)),
  unblock: Type.Optional(Type.Array(UserId)),
});
export const MuteRoom = roomCommand("room.mute", { userId: UserId, muted: Type.Boolean() });
/** A member's profile was changed: the room keeps none, and tells those who are there. */
export const TellProfile = roomCommand("member.profile", { userId: UserId, profile: Profile });
/**
 * A user is erased from the room: first from its members, then part by part from its messages and its events. Each such
 * command does so much, and is answered with what is left.
 */
export const EraseUser = roomCommand("user.erase", {
  userId: UserId,
  /** In whose place it is from then on. */
  pseudonym: UserId,
  messages: ErasedMessages,
  ...ErasureStep.properties,
  /** When the room closed, as far as the user's archive has it. */
  closedAts: Type.Array(Time),
});
/**
 * Messages up to this one are too old: they go, with all that hangs on them. So many in one command. Of a deleted room
 * that has none any more its name and custom data go.
 */
export const ExpireMessages = roomCommand("messages.expire", { number: Type.Integer({ minimum: 0 }) });

const callId = { callId: CallId };
export const StartCall = roomCommand("call.start", {
  ...callId,
  kind: CallKind,
  region: Call.properties.region,
  custom: Type.Optional(Call.properties.custom),
  masking,
  invite: Type.Optional(Type.Array(UserId)),
  busy: Type.Array(UserId, {
    description: "Of those that it may ring, who were in the calls of other rooms.",
  }),
  ringSeconds: Type.Integer({ minimum: 1 }),
  leavesMessage: Type.Boolean({ description: "As the tenant's settings were." }),
});
export const AcceptCall = roomCommand("call.accept", callId);
export const DeclineCall = roomCommand("call.decline", { ...callId, busy: Type.Boolean() });
export const CancelCall = roomCommand("call.cancel", callId);
export const LeaveCall = roomCommand("call.leave", {
  ...callId,
  lost: Type.Optional(Type.Boolean({ description: "Nobody has left: the user is not in LiveKit any more." })),
});
/** LiveKit has a device of the user, who is the actor. Said again it changes nothing; it tells nobody. */
export const ConnectedCall = roomCommand("call.connected", {
  ...callId,
  connectedAt: Time,
  published: CallConnection.properties.published,
});
/** How good a call was to the user. What is not named stays as it was told before. */
export const ReportQuality = roomCommand("call.quality", {
  ...callId,
  seconds: Type.Optional(qualityFields.seconds),
  reconnects: Type.Optional(qualityFields.reconnects),
  rating: Type.Optional(qualityFields.rating),
});
/** LiveKit has begun to record it. */
export const RecordCall = roomCommand("call.record", {
  ...callId,
  recordingId: CallRecording.properties.recordingId,
});
/** LiveKit records it no more. */
export const RecordedCall = roomCommand("call.recorded", {
  ...callId,
  recordingId: CallRecording.properties.recordingId,
  location: CallRecording.properties.location,
  failed: Type.Boolean(),
});
export const EndCall = roomCommand("call.end", { ...callId, failed: Type.Boolean() });

/** Every command that the room's single writer applies. */
const roomCommands = [
  PutRoom,
  PatchRoom,
  DeleteRoom,
  RoomDue,
  PutMember,
  RemoveMember,
  CreateMessage,
  UpdateMessage,
  DeleteMessage,
  PinMessage,
  UnpinMessage,
  AddReaction,
  RemoveReaction,
  ReadRoom,
  DeliverRoom,
  UnreadRoom,
  SetMember,
  MuteRoom,
  TellProfile,
  EraseUser,
  ExpireMessages,
  StartCall,
  AcceptCall,
  DeclineCall,
  CancelCall,
  LeaveCall,
  EndCall,
  RecordCall,
  RecordedCall,
  ConnectedCall,
  ReportQuality,
] as const;
export const RoomCommand = Type.Union([...roomCommands]);
export type RoomCommand = Static<typeof RoomCommand>;

const userCommand = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object(
    { v: Type.Literal(1), type: Type.Literal(type), tenantId: TenantId, userId: UserId, at: Time, ...fields },
    { ...strict, title: type },
  );

/** The user's set of rooms grew. Written by the room's owner, routed by the owner of the user's channel. */
const NotifyUser = userCommand("user.joined", { roomId: RoomId, seq: Type.Integer({ minimum: 1 }) });
/** Every token of the user issued before `at` is void: open sockets close. */
const RevokeUser = userCommand("user.revoked", {});

const userCommands = [NotifyUser, RevokeUser] as const;
export const Command = Type.Union([...roomCommands, ...userCommands]);
export type Command = Static<typeof Command>;
export type UserCommand = Static<typeof NotifyUser> | Static<typeof RevokeUser>;
export type CreateMessage = Static<typeof CreateMessage>;
export type UpdateMessage = Static<typeof UpdateMessage>;
export type DeleteMessage = Static<typeof DeleteMessage>;
export type PinMessage = Static<typeof PinMessage>;
export type UnpinMessage = Static<typeof UnpinMessage>;
export type AddReaction = Static<typeof AddReaction>;
export type RemoveReaction = Static<typeof RemoveReaction>;
export type PutRoom = Static<typeof PutRoom>;
export type PatchRoom = Static<typeof PatchRoom>;
export type DeleteRoom = Static<typeof DeleteRoom>;
export type RoomDue = Static<typeof RoomDue>;
export type PutMember = Static<typeof PutMember>;
export type RemoveMember = Static<typeof RemoveMember>;
export type ReadRoom = Static<typeof ReadRoom>;
export type DeliverRoom = Static<typeof DeliverRoom>;
export type UnreadRoom = Static<typeof UnreadRoom>;
export type SetMember = Static<typeof SetMember>;
export type MuteRoom = Static<typeof MuteRoom>;
export type EraseUser = Static<typeof EraseUser>;
export type ExpireMessages = Static<typeof ExpireMessages>;
export type TellProfile = Static<typeof TellProfile>;
export type StartCall = Static<typeof StartCall>;
export type AcceptCall = Static<typeof AcceptCall>;
export type DeclineCall = Static<typeof DeclineCall>;
export type CancelCall = Static<typeof CancelCall>;
export type LeaveCall = Static<typeof LeaveCall>;
export type EndCall = Static<typeof EndCall>;
export type RecordCall = Static<typeof RecordCall>;
export type RecordedCall = Static<typeof RecordedCall>;
export type ConnectedCall = Static<typeof ConnectedCall>;
export type ReportQuality = Static<typeof ReportQuality>;
/** What is asked of a call. */
export type CallCommand =
  | StartCall
  | AcceptCall
  | DeclineCall
  | CancelCall
  | LeaveCall
  | EndCall
  | RecordCall
  | RecordedCall
  | ConnectedCall
  | ReportQuality;
/** Moves one of a member's markers. */
export type MarkerCommand = ReadRoom | DeliverRoom | UnreadRoom;
