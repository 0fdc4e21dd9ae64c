import { type Static, type TProperties, Type } from "typebox";
import { MessageId } from "./ids.ts";
import { Message, MessageVersion, Reaction, Room, ShownMember, strict } from "./resources.ts";

const {
  members: _members,
  role: _role,
  readNumber: _readNumber,
  unread: _unread,
  muted: _muted,
  capabilities: _capabilities,
  ...ofRoom
} = Room.properties;

const line = <const T extends string, P extends TProperties>(type: T, fields: P) =>
  Type.Object({ type: Type.Literal(type), ...fields }, strict);

/** One line of a room's export, by its `type`. */
export const RoomExportLine = Type.Union([
  line("room", { room: Type.Object(ofRoom, strict) }),
  line("member", { member: ShownMember }),
  line("message", { message: Message }),
  line("reaction", { messageId: MessageId, ...Reaction.properties }),
  line("version", { messageId: MessageId, version: MessageVersion }),
  line("end", { lines: Type.Integer({ minimum: 1, description: "How many came before this one." }) }),
]);
export type RoomExportLine = Static<typeof RoomExportLine>;
