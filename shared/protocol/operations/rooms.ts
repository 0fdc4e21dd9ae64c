import { Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { ErrorBody } from "../error-body.ts";
import { durableEvents, EventHidden } from "../events.ts";
import { RoomId } from "../ids.ts";
import { RoomPatch, RoomPut, RoomsClose, TypingPost } from "../requests.ts";
import { Room, RoomSummary, strict } from "../resources.ts";
import { RoomExportLine } from "../room-export.ts";
import { Applying, Done, define, limit, listOf, none, page, roomPath } from "./operation.ts";

export const roomsOperations = {
  putRoom: define({
    id: "putRoom",
    method: "PUT",
    path: "/v1/rooms/{roomId}",
    service: "ingest",
    auth: "server",
    summary:
      "Make a room, or bring it to this form: members named here are added or get this role, none is removed.",
    params: roomPath,
    query: none,
    body: RoomPut,
    responses: { 200: Room, 201: Room, 202: Applying },
    errors: ["room_conflict", "too_many_rooms"],
  }),
  getRoom: define({
    id: "getRoom",
    method: "GET",
    path: "/v1/rooms/{roomId}",
    service: "gateway",
    auth: "any",
    summary: "One room.",
    params: roomPath,
    query: none,
    body: null,
    responses: { 200: Room },
    errors: ["room_not_found", "not_a_member"],
  }),
  patchRoom: define({
    id: "patchRoom",
    method: "PATCH",
    path: "/v1/rooms/{roomId}",
    service: "ingest",
    auth: "any",
    summary: "Change a room, freeze, close or reopen it. A client must be its owner.",
    params: roomPath,
    query: none,
    body: RoomPatch,
    responses: { 200: Room, 202: Applying },
    errors: ["room_not_found", "not_a_member", "forbidden", "contact_details_refused"],
  }),
  closeRooms: define({
    id: "closeRooms",
    method: "POST",
    path: "/v1/rooms/close",
    service: "ingest",
    auth: "server",
    summary:
      "Close several rooms. Each is answered for itself, in the order asked; one that is closed stays so.",
    params: none,
    query: none,
    body: RoomsClose,
    responses: {
      200: Type.Object(
        {
          items: Type.Array(
            Type.Object(
              {
                roomId: RoomId,
                result: Type.Enum(["closed", "accepted", "refused"], {
                  description: "accepted: it is durable and will be applied. refused: see error.",
                }),
                error: Type.Optional(ErrorBody),
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    },
    errors: [],
  }),
  deleteRoom: define({
    id: "deleteRoom",
    method: "DELETE",
    path: "/v1/rooms/{roomId}",
    service: "ingest",
    auth: "server",
    summary:
      "Delete a room. Its id cannot be used again, and nobody reads anything of it any more. What was said there is kept until the tenant's `retention` of closed rooms lets it go, with the room's name and all that its events told, but not its calls, which stay with who was in them and what was added to them; where there is no such age, erase messages before.",
    params: roomPath,
    query: none,
    body: null,
    responses: { 202: Applying, 204: Done },
    errors: ["room_not_found"],
  }),
  exportRoom: define({
    id: "exportRoom",
    method: "GET",
    path: "/v1/rooms/{roomId}/export",
    service: "gateway",
    auth: "server",
    summary:
      "All of a room, one JSON object a line: the room, its members, its messages from the first to the newest with all reactions and what they said before, and `end`. Without `end` some of it is missing.",
    params: roomPath,
    query: none,
    body: null,
    responses: { 200: Type.String() },
    lines: RoomExportLine,
    errors: ["room_not_found"],
  }),
  listRooms: define({
    id: "listRooms",
    method: "GET",
    path: "/v1/rooms",
    service: "gateway",
    auth: "user",
    summary:
      "The acting user's open rooms, latest activity first; or its archive, latest closed first. Frozen rooms are among the open.",
    params: none,
    query: Type.Object(
      {
        state: Type.Optional(
          Type.Enum(["open", "closed"], { description: "Default open. closed: the archive." }),
        ),
        ...page.properties,
      },
      strict,
    ),
    body: null,
    responses: { 200: listOf(RoomSummary) },
    errors: [],
  }),
  signalTyping: define({
    id: "signalTyping",
    method: "POST",
    path: "/v1/rooms/{roomId}/typing",
    service: "gateway",
    auth: "user",
    summary: `Tell the other members that the user types, or has stopped. Never stored, and lost without a word where there is too much to do. Repeat it every ${limits.typingRepeatMs / 1_000} s; it ends by a stop, a message, or after ${limits.typingExpiryMs / 1_000} s.`,
    params: roomPath,
    query: none,
    body: TypingPost,
    responses: { 202: Applying },
    errors: ["room_not_found", "not_a_member", "read_only", "room_frozen", "room_closed"],
  }),
  listEvents: define({
    id: "listEvents",
    method: "GET",
    path: "/v1/rooms/{roomId}/events",
    service: "gateway",
    auth: "any",
    summary:
      "Catch up: durable events with a greater seq, in order. `next` is the `after` of the following page.",
    params: roomPath,
    query: Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0 })), limit }, strict),
    body: null,
    responses: { 200: listOf(Type.Union([...durableEvents, EventHidden])) },
    errors: ["room_not_found", "not_a_member"],
  }),
} as const;
