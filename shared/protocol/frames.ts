import { type Static, type TProperties, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { ErrorBody } from "./error-body.ts";
import { ClientId, MessageId, ReactionKey, RoomId, TenantId, UserId } from "./ids.ts";
import { MessagePatch, messageContent, PrivacyPut } from "./requests.ts";
import { Message, Presence, RoomSummary, strict, UnreadTotal } from "./resources.ts";

/** Frames of `GET /v1/connect`: JSON objects in text frames, told apart by `type`. */

export const Ref = Type.Union([Type.String({ maxLength: 64 }), Type.Integer()], {
  description: "Chosen by the client; the answer carries the same.",
});

const clientFrame = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object({ type: Type.Literal(type), ref: Type.Optional(Ref), ...fields }, { ...strict, title: type });

const Token = Type.String({ minLength: 1, maxLength: 4_096 });
const number = Type.Integer({ minimum: 0 });

export const ConnectFrame = clientFrame("connect", {
  token: Token,
  resume: Type.Optional(
    Type.Record(RoomId, number, {
      description: `The last seq the client has of each room. Of rooms that are not open, ${limits.resumeRoomsMax} are looked at.`,
      additionalProperties: false,
    }),
  ),
});
export const SendFrame = clientFrame("message.send", {
  roomId: RoomId,
  clientId: ClientId,
  ...messageContent,
});
export const UpdateFrame = clientFrame("message.update", {
  roomId: RoomId,
  messageId: MessageId,
  ...MessagePatch.properties,
});
export const DeleteFrame = clientFrame("message.delete", { roomId: RoomId, messageId: MessageId });
export const PinFrame = clientFrame("message.pin", { roomId: RoomId, messageId: MessageId });
export const UnpinFrame = clientFrame("message.unpin", { roomId: RoomId, messageId: MessageId });
const reaction = { roomId: RoomId, messageId: MessageId, key: ReactionKey };
export const ReactFrame = clientFrame("reaction.add", reaction);
export const UnreactFrame = clientFrame("reaction.remove", reaction);
export const ReadFrame = clientFrame("room.read", { roomId: RoomId, number });
export const DeliveredFrame = clientFrame("room.delivered", { roomId: RoomId, number });
export const UnreadFrame = clientFrame("room.unread", {
  roomId: RoomId,
  number: Type.Integer({ minimum: 1 }),
});
export const MuteFrame = clientFrame("room.mute", { roomId: RoomId, muted: Type.Boolean() });
export const PrivacyFrame = clientFrame("privacy.set", PrivacyPut.properties);
export const BlockFrame = clientFrame("user.block", { userId: UserId });
export const UnblockFrame = clientFrame("user.unblock", { userId: UserId });
export const TypingStartFrame = clientFrame("typing.start", { roomId: RoomId });
export const TypingStopFrame = clientFrame("typing.stop", { roomId: RoomId });
export const PresenceWatchFrame = clientFrame("presence.watch", {
  userIds: Type.Array(UserId, {
    maxItems: limits.presenceWatchedMax,
    description: "All that the session wants to be told of from now on; empty: nobody.",
  }),
});
export const HistoryFrame = clientFrame("history", {
  roomId: RoomId,
  before: Type.Optional(number),
  after: Type.Optional(number),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pageItemsMax })),
});
export const RefreshFrame = clientFrame("token.refresh", { token: Token });
export const PingFrame = clientFrame("ping", {});

export const clientFrames = [
  ConnectFrame,
  SendFrame,
  UpdateFrame,
  DeleteFrame,
  PinFrame,
  UnpinFrame,
  ReactFrame,
  UnreactFrame,
  ReadFrame,
  DeliveredFrame,
  UnreadFrame,
  MuteFrame,
  PrivacyFrame,
  BlockFrame,
  UnblockFrame,
  TypingStartFrame,
  TypingStopFrame,
  PresenceWatchFrame,
  HistoryFrame,
  RefreshFrame,
  PingFrame,
] as const;
export const ClientFrame = Type.Union([...clientFrames]);
export type ClientFrame = Static<typeof ClientFrame>;
export type ConnectFrame = Static<typeof ConnectFrame>;
export type SendFrame = Static<typeof SendFrame>;
export type ReadFrame = Static<typeof ReadFrame>;
export type HistoryFrame = Static<typeof HistoryFrame>;

export const ConnectedFrame = Type.Object(
  {
    type: Type.Literal("connected"),
    ref: Type.Optional(Ref),
    sessionId: Type.String(),
    userId: UserId,
    tenantId: TenantId,
    rooms: Type.Array(RoomSummary, {
      description: "The user's open rooms; live events follow each room's seq.",
    }),
    unreadTotal: UnreadTotal,
    heartbeatSeconds: Type.Integer(),
  },
  { ...strict, title: "connected" },
);
export const RoomGapFrame = Type.Object(
  { type: Type.Literal("room.gap"), roomId: RoomId, fromSeq: Type.Integer(), toSeq: Type.Integer() },
  { ...strict, title: "room.gap", description: "Too much was missed: read the history of this room again." },
);
export const OkFrame = Type.Object(
  {
    type: Type.Literal("ok"),
    ref: Type.Optional(Ref),
    messageId: Type.Optional(Message.properties.id),
    items: Type.Optional(Type.Array(Message)),
    next: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    presence: Type.Optional(
      Type.Array(Presence, { description: "Of presence.watch: how each of them stands." }),
    ),
  },
  { ...strict, title: "ok" },
);
export const ErrorFrame = Type.Object(
  { type: Type.Literal("error"), ref: Type.Optional(Ref), error: ErrorBody },
  { ...strict, title: "error" },
);
export const PongFrame = Type.Object(
  { type: Type.Literal("pong"), ref: Type.Optional(Ref) },
  { ...strict, title: "pong" },
);

/** What the server says besides events. */
export const serverFrames = [ConnectedFrame, RoomGapFrame, OkFrame, ErrorFrame, PongFrame] as const;
export type ConnectedFrame = Static<typeof ConnectedFrame>;
export type RoomGapFrame = Static<typeof RoomGapFrame>;
export type OkFrame = Static<typeof OkFrame>;
