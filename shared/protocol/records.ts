import { type Static, Type } from "typebox";
import { ErrorBody } from "./error-body.ts";
import { DurableEvent, RoomTransientEvent } from "./events.ts";
import { RoomId, TenantId, UserId } from "./ids.ts";
import { nullable, strict, Time } from "./resources.ts";

/** Records of the topics other than `commands`. Each is versioned by `v`. */

/**
 * `events`: what really happened. `countable` is how many messages of the room, up to and including this event,
 * count as unread for somebody who has read none and sent none.
 */
export const EventRecord = Type.Object(
  { v: Type.Literal(1), event: DurableEvent, countable: Type.Integer({ minimum: 0 }) },
  { ...strict, title: "event" },
);
export type EventRecord = Static<typeof EventRecord>;

const channel = {
  tenantId: TenantId,
  channel: Type.Enum(["room", "user", "presence"]),
  id: Type.Union([RoomId, UserId]),
};

/** `interest`: this inbox wants this channel. A tombstone under the same key ends it. */
export const InterestRecord = Type.Object(
  {
    v: Type.Literal(1),
    type: Type.Literal("interest"),
    ...channel,
    inbox: Type.String(),
    partition: Type.Integer({ minimum: 0, description: "Of `deliveries`, where the inbox reads." }),
  },
  { ...strict, title: "interest" },
);
export type InterestRecord = Static<typeof InterestRecord>;

/** `interest`: this inbox is alive, and this is what it has told this partition. Sent to every partition. */
export const HeartbeatRecord = Type.Object(
  {
    v: Type.Literal(1),
    type: Type.Literal("heartbeat"),
    inbox: Type.String(),
    partition: Type.Integer({ minimum: 0, description: "Of `deliveries`, where the inbox reads." }),
    channels: Type.Integer({ minimum: 0, description: "How many channels of this partition it wants." }),
  },
  { ...strict, title: "heartbeat" },
);
export type HeartbeatRecord = Static<typeof HeartbeatRecord>;

/** `signals`: somebody types in a room, or has stopped. Never stored. */
export const SignalRecord = Type.Object(
  {
    v: Type.Literal(1),
    type: Type.Literal("typing"),
    tenantId: TenantId,
    roomId: RoomId,
    userId: UserId,
    typing: Type.Boolean(),
    at: Time,
  },
  { ...strict, title: "typing" },
);
export type SignalRecord = Static<typeof SignalRecord>;

/** How a command that asked for a reply ended. */
export const Outcome = Type.Union([
  Type.Object({ result: Type.Enum(["created", "existing", "applied"]), resource: Type.Unknown() }, strict),
  Type.Object(
    { result: Type.Literal("refused"), code: ErrorBody.properties.code, message: Type.String() },
    strict,
  ),
]);
export type Outcome = Static<typeof Outcome>;

const item = {
  event: Type.Object(
    { type: Type.Literal("event"), event: DurableEvent, countable: Type.Integer({ minimum: 0 }) },
    strict,
  ),
  transient: Type.Object(
    {
      type: Type.Literal("transient"),
      to: Type.Enum(["room", "user"]),
      event: RoomTransientEvent,
      marker: Type.Optional(
        Type.Object(
          {
            readCountable: Type.Integer({ minimum: 0, description: "Of the member whose receipt it is." }),
            countable: Type.Integer({ minimum: 0, description: "Of the room, then." }),
            seq: Type.Integer({ minimum: 0, description: "The room's newest event then." }),
          },
          { ...strict, description: "With receipts: where their member stands." },
        ),
      ),
    },
    strict,
  ),
  settings: Type.Object(
    { type: Type.Literal("settings"), tenantId: TenantId, roomId: RoomId, userId: UserId },
    { ...strict, description: "A member of the room wants other than before for itself." },
  ),
  joined: Type.Object(
    { type: Type.Literal("joined"), tenantId: TenantId, userId: UserId, roomId: RoomId, seq: Type.Integer() },
    strict,
  ),
  revoked: Type.Object(
    { type: Type.Literal("revoked"), tenantId: TenantId, userId: UserId, before: Time },
    strict,
  ),
  ack: Type.Object(
    {
      type: Type.Literal("interest.ack"),
      ...channel,
      seq: nullable(
        Type.Integer({ minimum: 0, description: "The room's newest event then; null for others." }),
      ),
      online: Type.Optional(Type.Boolean({ description: "Of presence: whether the user was there then." })),
      isNew: Type.Optional(
        Type.Boolean({
          description: "The owner did not know of it: until now it has told nothing of the channel.",
        }),
      ),
    },
    strict,
  ),
  presence: Type.Object(
    {
      type: Type.Literal("presence"),
      tenantId: TenantId,
      userId: UserId,
      online: Type.Boolean(),
      at: Time,
    },
    strict,
  ),
  lost: Type.Object(
    {
      type: Type.Literal("interest.lost"),
      partition: Type.Integer({
        minimum: 0,
        description: "Of `interest`: what was told to it is not all there.",
      }),
    },
    strict,
  ),
  reply: Type.Object({ type: Type.Literal("reply"), requestId: Type.String(), outcome: Outcome }, strict),
};

/** What one inbox is told. */
export const DeliveryItem = Type.Union([
  item.event,
  item.transient,
  item.settings,
  item.joined,
  item.revoked,
  item.ack,
  item.presence,
  item.lost,
  item.reply,
]);
export type DeliveryItem = Static<typeof DeliveryItem>;

/** `deliveries`: what one inbox must be told, in order. Records for another inbox of the partition are skipped. */
export const DeliveryRecord = Type.Object(
  { v: Type.Literal(1), inbox: Type.String(), items: Type.Array(DeliveryItem) },
  { ...strict, title: "delivery" },
);
export type DeliveryRecord = Static<typeof DeliveryRecord>;
