import { type Static, type TProperties, Type } from "typebox";
import { MessageId, ReactionKey, RoomId, UserId } from "./ids.ts";
import { MediaId } from "./media.ts";
import { Privacy } from "./own-settings.ts";
import { MemberResource, Message, MessageVersion, nullable, Room, strict, Time, User } from "./resources.ts";

const line = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object({ type: Type.Literal(type), ...fields }, strict);

const { roomId, type, name, state, createdAt, closedAt } = Room.properties;

/** One line of a user's export, by its `type`. */
export const UserExportLine = Type.Union([
  line("user", {
    userId: UserId,
    profile: Type.Union([User, Type.Null()], { description: "null: no server has said anything of it." }),
    privacy: Privacy,
    blocked: Type.Array(UserId),
    lastSeenAt: nullable(Time),
  }),
  line("room", {
    room: Type.Object({ roomId, type, name, state, createdAt, closedAt }, strict),
    member: Type.Union([MemberResource, Type.Null()], { description: "null: the user has left." }),
  }),
  line("message", { message: Message }),
  line("version", { messageId: MessageId, version: MessageVersion }),
  line("reaction", { roomId: RoomId, messageId: MessageId, key: ReactionKey }),
  line("media", {
    mediaId: MediaId,
    fileName: Type.String(),
    contentType: Type.String(),
    size: Type.Integer({ minimum: 0 }),
    createdAt: Time,
  }),
  line("end", { lines: Type.Integer({ minimum: 1, description: "How many came before this one." }) }),
]);
export type UserExportLine = Static<typeof UserExportLine>;
