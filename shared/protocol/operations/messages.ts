import { Type } from "typebox";
import { MessageId, RoomId } from "../ids.ts";
import { MessagePatch, MessagePost } from "../requests.ts";
import { Message, MessageVersion, nullable, strict } from "../resources.ts";
import { Applying, cursor, Done, define, limit, listOf, none, page, roomPath } from "./operation.ts";

const messagePath = Type.Object({ roomId: RoomId, messageId: MessageId }, strict);
const Accepted = Type.Object({ messageId: MessageId, clientId: nullable(Type.String()) }, strict);

export const messagesOperations = {
  createMessage: define({
    id: "createMessage",
    method: "POST",
    path: "/v1/rooms/{roomId}/messages",
    service: "ingest",
    auth: "any",
    summary:
      "Send a message. 201: it is in the history. 202: it is durable and will be. 200: this clientId was sent before; here is the original.",
    params: roomPath,
    query: none,
    body: MessagePost,
    responses: { 200: Message, 201: Message, 202: Accepted },
    errors: [
      "room_not_found",
      "not_a_member",
      "read_only",
      "room_frozen",
      "room_closed",
      "acting_user_required",
      "forbidden",
      "message_not_found",
      "media_not_found",
      "media_not_uploaded",
      "media_refused",
      "media_shared_too_often",
      "media_disabled",
      "media_unavailable",
      "contact_details_refused",
    ],
  }),
  listMessages: define({
    id: "listMessages",
    method: "GET",
    path: "/v1/rooms/{roomId}/messages",
    service: "gateway",
    auth: "any",
    summary:
      "History by number, newest first. `next` is the `before` of the following page, or its `after` where the page was by `after` alone.",
    params: roomPath,
    query: Type.Object(
      {
        before: Type.Optional(Type.Integer({ minimum: 0, description: "Only those with a smaller number." })),
        after: Type.Optional(Type.Integer({ minimum: 0, description: "Only those with a greater number." })),
        around: Type.Optional(Type.Integer({ minimum: 0, description: "This number in the middle." })),
        cursor,
        limit,
      },
      strict,
    ),
    body: null,
    responses: { 200: listOf(Message) },
    errors: ["room_not_found", "not_a_member"],
  }),
  getMessage: define({
    id: "getMessage",
    method: "GET",
    path: "/v1/rooms/{roomId}/messages/{messageId}",
    service: "gateway",
    auth: "any",
    summary: "One message.",
    params: messagePath,
    query: none,
    body: null,
    responses: { 200: Message },
    errors: ["room_not_found", "not_a_member", "message_not_found"],
  }),
  listThread: define({
    id: "listThread",
    method: "GET",
    path: "/v1/rooms/{roomId}/messages/{messageId}/thread",
    service: "gateway",
    auth: "any",
    summary: "The messages of the thread that begins with this one, newest first, without it.",
    params: messagePath,
    query: page,
    body: null,
    responses: { 200: listOf(Message) },
    errors: ["room_not_found", "not_a_member", "message_not_found"],
  }),
  updateMessage: define({
    id: "updateMessage",
    method: "PATCH",
    path: "/v1/rooms/{roomId}/messages/{messageId}",
    service: "ingest",
    auth: "any",
    summary:
      "Edit a message: its sender, or a server for nobody. The same again changes nothing. What is unread stays as it is.",
    params: messagePath,
    query: none,
    body: MessagePatch,
    responses: { 200: Message, 202: Applying },
    errors: [
      "room_not_found",
      "not_a_member",
      "message_not_found",
      "message_deleted",
      "message_too_old",
      "read_only",
      "room_frozen",
      "room_closed",
      "forbidden",
      "contact_details_refused",
    ],
  }),
  deleteMessage: define({
    id: "deleteMessage",
    method: "DELETE",
    path: "/v1/rooms/{roomId}/messages/{messageId}",
    service: "ingest",
    auth: "any",
    summary:
      "Take back what a message says: its sender, an owner of the room, or a server for nobody. It keeps its place, with body null and nothing else in it, and counts as unread as before; so do the events that told it. The same again changes nothing.",
    params: messagePath,
    query: Type.Object(
      {
        hard: Type.Optional(
          Type.Enum(["true", "false"], {
            description:
              "true, for servers alone, of any message, a deleted one too: what it said, and said before its edits, is kept nowhere any more, nor in deliveries of webhooks, which go out without it. Only the log of the deployment forgets it by age, after 7 days, and records that nobody could process after 30.",
          }),
        ),
      },
      strict,
    ),
    body: null,
    responses: { 202: Applying, 204: Done },
    errors: [
      "room_not_found",
      "not_a_member",
      "message_not_found",
      "message_too_old",
      "read_only",
      "room_frozen",
      "room_closed",
      "forbidden",
    ],
  }),
  listMessageVersions: define({
    id: "listMessageVersions",
    method: "GET",
    path: "/v1/rooms/{roomId}/messages/{messageId}/versions",
    service: "gateway",
    auth: "server",
    summary: "What a message said before each of its changes, oldest first, for servers only.",
    params: messagePath,
    query: page,
    body: null,
    responses: { 200: listOf(MessageVersion) },
    errors: ["room_not_found", "message_not_found"],
  }),
} as const;
