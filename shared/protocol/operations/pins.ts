import { Type } from "typebox";
import { MessageId, RoomId } from "../ids.ts";
import { Message, Pin, strict } from "../resources.ts";
import { Applying, Done, define, listOf, none, roomPath } from "./operation.ts";

const messagePath = Type.Object({ roomId: RoomId, messageId: MessageId }, strict);
const refusals = [
  "room_not_found",
  "not_a_member",
  "message_not_found",
  "forbidden",
  "room_frozen",
  "room_closed",
] as const;

export const pinsOperations = {
  listPins: define({
    id: "listPins",
    method: "GET",
    path: "/v1/rooms/{roomId}/pins",
    service: "gateway",
    auth: "any",
    summary: "The room's pinned messages, latest pinned first: all of them.",
    params: roomPath,
    query: none,
    body: null,
    responses: { 200: listOf(Pin) },
    errors: ["room_not_found", "not_a_member"],
  }),
  pinMessage: define({
    id: "pinMessage",
    method: "PUT",
    path: "/v1/rooms/{roomId}/messages/{messageId}/pin",
    service: "ingest",
    auth: "any",
    summary:
      "Pin a message: owners of a group, both of a direct room, or a server. The same again changes nothing.",
    params: messagePath,
    query: none,
    body: null,
    responses: { 200: Message, 202: Applying },
    errors: [...refusals, "message_deleted", "too_many_pins"],
  }),
  unpinMessage: define({
    id: "unpinMessage",
    method: "DELETE",
    path: "/v1/rooms/{roomId}/messages/{messageId}/pin",
    service: "ingest",
    auth: "any",
    summary:
      "Pin a message no more. One that is not pinned changes nothing; one that is deleted is unpinned by that.",
    params: messagePath,
    query: none,
    body: null,
    responses: { 202: Applying, 204: Done },
    errors: [...refusals],
  }),
} as const;
