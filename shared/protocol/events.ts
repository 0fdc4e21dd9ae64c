import { type Static, type TProperties, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { Call, CallKind, CallQuality, CallReason, CallRecording } from "./calls.ts";
import { Masked } from "./contact-kind.ts";
import { Custom } from "./custom.ts";
import { ErrorBody } from "./error-body.ts";
import { CallId, ClientId, ReactionKey, RoomId, TenantId, UserId } from "./ids.ts";
import {
  Attachment,
  Body,
  Member,
  Message,
  Name,
  nullable,
  Presence,
  Profile,
  Quote,
  ReactionSummary,
  Role,
  type RoomLifecycle,
  RoomType,
  roomTimes,
  strict,
  Time,
} from "./resources.ts";

/** Events are flat, and the same over WebSocket, REST catch-up and webhooks. */

const durable = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object(
    {
      type: Type.Literal(type),
      tenantId: TenantId,
      roomId: RoomId,
      seq: Type.Integer({ minimum: 1, description: "Dense within the room: the sync cursor." }),
      at: Time,
      ...fields,
    },
    { ...strict, title: type },
  );

const transient = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object(
    { type: Type.Literal(type), tenantId: TenantId, roomId: RoomId, at: Time, ...fields },
    { ...strict, title: type },
  );

const actorId = nullable(UserId);
const roomFields = {
  roomType: RoomType,
  name: nullable(Name),
  custom: nullable(Custom),
  ...roomTimes,
};

/** Which message, and what it says with this event. */
export const messageFields = {
  messageId: Message.properties.id,
  number: Message.properties.number,
  senderId: nullable(UserId),
  kind: Message.properties.kind,
  body: nullable(Body),
  attachments: Type.Array(Attachment),
  mentions: Type.Array(UserId),
  replyToId: Message.properties.replyToId,
  threadId: Message.properties.threadId,
  custom: nullable(Custom),
  masked: Type.Optional(Masked),
  clientId: nullable(ClientId),
};
export const MessageCreated = durable("message.created", {
  ...messageFields,
  silent: Type.Boolean(),
  replyTo: Type.Optional(
    Type.Union([Quote, Type.Null()], {
      description:
        "Of a reply: what it replies to, as that was when this was told. Never kept: read later, it is as it is then.",
    }),
  ),
  threadCount: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
    description:
      "Of a reply: how many messages its thread has with it; null where the message that it begins with is no longer kept.",
  }),
});
export const MessageUpdated = durable("message.updated", {
  ...messageFields,
  createdAt: Time,
  editedAt: Time,
  actorId,
});
const EmptiedEvent = Type.Object({ seq: Type.Integer({ minimum: 1 }), at: Time }, strict);
/** The message keeps its place and says nothing any more. */
export const MessageDeleted = durable("message.deleted", {
  messageId: Message.properties.id,
  number: Message.properties.number,
  senderId: nullable(UserId),
  body: Type.Null(),
  deletedAt: Time,
  actorId,
  erased: Type.Optional(
    Type.Boolean({ description: "true: what it said is kept nowhere any more, not for the server either." }),
  ),
  emptied: Type.Optional(
    Type.Array(EmptiedEvent, {
      description: `Of an erased one: the events that told what it said, the newest ${limits.emptiedToldMax} at most. They say nothing of it any more: whoever keeps events empties them too.`,
    }),
  ),
});
/** A user was erased. Nobody is told who it was. */
export const MessagesAnonymised = durable("messages.anonymised", {
  userId: Type.String({ ...UserId, description: "In whose place it is from now on: it stands for nobody." }),
  messageIds: Type.Array(Message.properties.id, {
    description: "What it said: the sender of these is `userId` now, and their clientId null.",
  }),
  mentioningIds: Type.Array(Message.properties.id, {
    description: "What mentions it, and is to be read anew.",
  }),
});
/** Messages have come to the age at which the tenant lets them go. */
export const MessagesExpired = durable("messages.expired", {
  number: Type.Integer({
    minimum: 1,
    description:
      "Messages up to this number are gone: from the history, its threads and pins. So are the room's events up to the one that told of it.",
  }),
  countable: Type.Integer({
    minimum: 0,
    description: "How many of all that are gone could be unread: none of them is for anybody any more.",
  }),
  emptied: Type.Array(EmptiedEvent, {
    description: `Events that told what they said, the newest ${limits.emptiedToldMax} at most, as far as deliveries of webhooks are kept: whoever keeps events empties them too.`,
  }),
});
const pinFields = {
  messageId: Message.properties.id,
  number: Message.properties.number,
  senderId: Type.Union([UserId, Type.Null()], { description: "Whose message it is." }),
  actorId,
};
export const MessagePinned = durable("message.pinned", pinFields);
export const MessageUnpinned = durable("message.unpinned", pinFields);
const reactionFields = {
  messageId: Message.properties.id,
  number: Message.properties.number,
  messageSenderId: Type.Union([UserId, Type.Null()], { description: "Whose message it is." }),
  userId: UserId,
  key: ReactionKey,
  ...ReactionSummary.properties,
};
/** `count` and `userIds` are what the message has under this key from then on. */
export const ReactionAdded = durable("reaction.added", reactionFields);
export const ReactionRemoved = durable("reaction.removed", reactionFields);
export const RoomCreated = durable("room.created", { ...roomFields, actorId, members: Type.Array(Member) });
export const RoomUpdated = durable("room.updated", { ...roomFields, actorId });
export const RoomFrozen = durable("room.frozen", { actorId });
export const RoomClosed = durable("room.closed", { actorId });
export const RoomReopened = durable("room.reopened", { actorId });
export const RoomDeleted = durable("room.deleted", { actorId });
const memberFields = { userId: UserId, role: Role, custom: nullable(Custom) };
export const MemberAdded = durable("member.added", { actorId, ...memberFields });
export const MemberUpdated = durable("member.updated", { actorId, ...memberFields });
export const MemberRemoved = durable("member.removed", { actorId, userId: UserId });

/** Which call, and what it is from this event on. */
const callFields = { callId: CallId, kind: CallKind, call: Call };
const whose = { userId: UserId };
export const CallRinging = durable("call.ringing", {
  ...callFields,
  ...whose,
  userIds: Type.Array(UserId, { description: "Those whom it rings: each on all its devices." }),
});
export const CallAccepted = durable("call.accepted", { ...callFields, ...whose });
export const CallDeclined = durable("call.declined", { ...callFields, ...whose, busy: Type.Boolean() });
export const CallMissed = durable("call.missed", { ...callFields, userIds: Type.Array(UserId) });
export const CallJoined = durable("call.joined", { ...callFields, ...whose });
export const CallLeft = durable("call.left", { ...callFields, ...whose });
export const CallEnded = durable("call.ended", {
  ...callFields,
  actorId,
  reason: CallReason,
  durationSeconds: Call.properties.durationSeconds,
});

export const CallQualityReported = durable("call.quality", {
  ...callFields,
  ...whose,
  quality: CallQuality,
});
export const CallRecordingBegun = durable("call.recording", {
  ...callFields,
  actorId,
  recording: CallRecording,
});
export const CallRecorded = durable("call.recorded", { ...callFields, recording: CallRecording });

export const ReceiptRead = transient("receipt.read", {
  userId: UserId,
  number: Type.Integer({ minimum: 0 }),
});
export const ReceiptDelivered = transient("receipt.delivered", {
  userId: UserId,
  number: Type.Integer({ minimum: 0 }),
});
export const ReceiptUnread = transient("receipt.unread", {
  userId: UserId,
  number: Type.Integer({ minimum: 1, description: "From this message on all is unread again." }),
});
/** Told to the observer alone: to all others it is not there, so nothing of it has a seq. */
export const ObserverAdded = transient("observer.added", { userId: UserId });
export const ObserverRemoved = transient("observer.removed", { userId: UserId });
export const RoomFiltered = transient("room.filtered", {
  userId: UserId,
  blocked: Type.Array(UserId, { description: "Those whom the user blocks, as far as this room goes." }),
});
export const RoomMuted = transient("room.muted", { userId: UserId, muted: Type.Boolean() });
export const UserUpdated = transient("user.updated", { userId: UserId, ...Profile.properties });
export const TypingStarted = transient("typing.started", { userId: UserId });
export const TypingStopped = transient("typing.stopped", { userId: UserId });
export const PresenceChanged = Type.Object(
  { type: Type.Literal("presence.changed"), tenantId: TenantId, ...Presence.properties, at: Time },
  { ...strict, title: "presence.changed" },
);
export const MessageRejected = transient("message.rejected", {
  userId: UserId,
  clientId: nullable(ClientId),
  messageId: Message.properties.id,
  request: Type.Enum(
    [
      "message.send",
      "message.update",
      "message.delete",
      "message.pin",
      "message.unpin",
      "reaction.add",
      "reaction.remove",
    ],
    {
      description: "The frame that was refused.",
    },
  ),
  error: ErrorBody,
});

/** In place of an event, for a user that has blocked whoever it is by. */
export const EventHidden = durable("event.hidden", {
  number: Type.Union([Message.properties.number, Type.Null()], {
    description: "Of the message, where it made one.",
  }),
});
export type EventHidden = Static<typeof EventHidden>;

/** Every durable event, in the order in which the documents list them. */
export const durableEvents = [
  MessageCreated,
  MessageUpdated,
  MessageDeleted,
  MessagesAnonymised,
  MessagesExpired,
  MessagePinned,
  MessageUnpinned,
  ReactionAdded,
  ReactionRemoved,
  RoomCreated,
  RoomUpdated,
  RoomFrozen,
  RoomClosed,
  RoomReopened,
  RoomDeleted,
  MemberAdded,
  MemberUpdated,
  MemberRemoved,
  CallRinging,
  CallAccepted,
  CallDeclined,
  CallMissed,
  CallJoined,
  CallLeft,
  CallEnded,
  CallRecordingBegun,
  CallRecorded,
  CallQualityReported,
] as const;
const roomTransientEvents = [
  ReceiptRead,
  ReceiptDelivered,
  ReceiptUnread,
  RoomFiltered,
  RoomMuted,
  UserUpdated,
  TypingStarted,
  TypingStopped,
  MessageRejected,
  ObserverAdded,
  ObserverRemoved,
] as const;
export const transientEvents = [...roomTransientEvents, PresenceChanged] as const;

export const DurableEvent = Type.Union([...durableEvents]);
export type DurableEvent = Static<typeof DurableEvent>;
/** Those that are of a room. */
export const RoomTransientEvent = Type.Union([...roomTransientEvents]);
export type RoomTransientEvent = Static<typeof RoomTransientEvent>;
export const TransientEvent = Type.Union([...transientEvents]);
export type PresenceChanged = Static<typeof PresenceChanged>;

export type MessageCreated = Static<typeof MessageCreated>;
export type ReceiptEvent =
  | Static<typeof ReceiptRead>
  | Static<typeof ReceiptDelivered>
  | Static<typeof ReceiptUnread>;
/** What comes with a new count. */
export type MarkerEvent = ReceiptEvent | Static<typeof RoomFiltered>;
export type RoomMuted = Static<typeof RoomMuted>;
export type TypingEvent = Static<typeof TypingStarted> | Static<typeof TypingStopped>;
export type MessageRejected = Static<typeof MessageRejected>;
export type RoomStateValue = Static<typeof RoomLifecycle>;
