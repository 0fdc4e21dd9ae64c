import { Type } from "typebox";
import { MessageId, ReactionKey, RoomId } from "../ids.ts";
import { Message, Reaction, strict } from "../resources.ts";
import { Applying, cursor, Done, define, limit, listOf, none } from "./operation.ts";

const messagePath = Type.Object({ roomId: RoomId, messageId: MessageId }, strict);
const reactionPath = Type.Object({ roomId: RoomId, messageId: MessageId, key: ReactionKey }, strict);
const refusals = [
  "room_not_found",
  "not_a_member",
  "message_not_found",
  "message_deleted",
  "read_only",
  "room_frozen",
  "room_closed",
] as const;

export const reactionsOperations = {
  listReactions: define({
    id: "listReactions",
    method: "GET",
    path: "/v1/rooms/{roomId}/messages/{messageId}/reactions",
    service: "gateway",
    auth: "any",
    summary: "All reactions to a message, by key, and within a key in the order in which they came.",
    params: messagePath,
    query: Type.Object({ key: Type.Optional(ReactionKey), limit, cursor }, strict),
    body: null,
    responses: { 200: listOf(Reaction) },
    errors: ["room_not_found", "not_a_member", "message_not_found"],
  }),
  addReaction: define({
    id: "addReaction",
    method: "PUT",
    path: "/v1/rooms/{roomId}/messages/{messageId}/reactions/{key}",
    service: "ingest",
    auth: "user",
    summary: "React to a message. The same again changes nothing.",
    params: reactionPath,
    query: none,
    body: null,
    responses: { 200: Message, 202: Applying },
    errors: [...refusals, "too_many_reactions", "contact_details_refused"],
  }),
  removeReaction: define({
    id: "removeReaction",
    method: "DELETE",
    path: "/v1/rooms/{roomId}/messages/{messageId}/reactions/{key}",
    service: "ingest",
    auth: "user",
    summary: "Take a reaction back. One that is not there changes nothing.",
    params: reactionPath,
    query: none,
    body: null,
    responses: { 202: Applying, 204: Done },
    errors: [...refusals],
  }),
} as const;
