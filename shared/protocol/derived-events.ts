import { type Static, type TProperties, Type } from "typebox";
import { Custom } from "./custom.ts";
import { messageFields } from "./events.ts";
import { RoomId, TenantId, UserId } from "./ids.ts";
import { Report, ReportId } from "./reports.ts";
import { Message, Name, nullable, RoomType, strict, Time } from "./resources.ts";

/**
 * What follows from the events of a room and the time that has passed since, and what is reported of it. Sent to endpoints that name them, and to
 * nobody else; they have no `seq`, and the room's history does not have them.
 */
const derived = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object(
    {
      type: Type.Literal(type),
      tenantId: TenantId,
      roomId: RoomId,
      at: Time,
      room: Type.Object(
        { type: RoomType, name: nullable(Name), custom: nullable(Custom) },
        { ...strict, description: "As it is when this is told." },
      ),
      ...fields,
    },
    { ...strict, title: type },
  );

const { clientId: _, ...saying } = messageFields;

/** The message is the oldest that the user has not read. */
export const MessageUnread = derived("message.unread", {
  userId: Type.String({ ...UserId, description: "Who has not read it." }),
  unread: Type.Integer({ minimum: 1, description: "How many messages of the room the user has not read." }),
  ...saying,
  createdAt: Time,
});
export type MessageUnread = Static<typeof MessageUnread>;

export const RoomIdle = derived("room.idle", {
  idleSince: Type.String({ ...Time, description: "Of the last message; where there is none, of the room." }),
  lastMessage: nullable(Message),
});
export type RoomIdle = Static<typeof RoomIdle>;

/** The message is the first with which its sender answers somebody. */
export const MemberFirstReply = derived("member.first_reply", {
  ...saying,
  senderId: UserId,
  createdAt: Time,
  answered: Type.Object(
    {
      messageId: Message.properties.id,
      number: Message.properties.number,
      senderId: UserId,
      createdAt: Time,
    },
    {
      ...strict,
      description:
        "The first message of another that the sender had not answered since it joined or last wrote.",
    },
  ),
  responseMs: Type.Integer({ minimum: 0, description: "From that message to the reply." }),
});
export type MemberFirstReply = Static<typeof MemberFirstReply>;

/** Nobody in the room is told. What the message said is in the report. */
export const MessageReported = derived("message.reported", {
  reportId: ReportId,
  messageId: Message.properties.id,
  reason: Report.properties.reason,
  reporterId: Report.properties.reporterId,
});
export type MessageReported = Static<typeof MessageReported>;

export const derivedEvents = [MessageUnread, RoomIdle, MemberFirstReply, MessageReported] as const;
export type DerivedEvent = MessageUnread | RoomIdle | MemberFirstReply | MessageReported;
