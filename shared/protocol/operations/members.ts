import { Type } from "typebox";
import { RoomId, UserId } from "../ids.ts";
import { MemberPut } from "../requests.ts";
import { MemberResource, ShownMember, strict } from "../resources.ts";
import { Applying, Done, define, listOf, none, page, roomPath } from "./operation.ts";

const memberPath = Type.Object({ roomId: RoomId, userId: UserId }, strict);

export const membersOperations = {
  listMembers: define({
    id: "listMembers",
    method: "GET",
    path: "/v1/rooms/{roomId}/members",
    service: "gateway",
    auth: "any",
    summary: "A room's members by id, with their users' profiles.",
    params: roomPath,
    query: page,
    body: null,
    responses: { 200: listOf(ShownMember) },
    errors: ["room_not_found", "not_a_member"],
  }),
  getMember: define({
    id: "getMember",
    method: "GET",
    path: "/v1/rooms/{roomId}/members/{userId}",
    service: "gateway",
    auth: "any",
    summary: "One member.",
    params: memberPath,
    query: none,
    body: null,
    responses: { 200: ShownMember },
    errors: ["room_not_found", "not_a_member", "member_not_found"],
  }),
  putMember: define({
    id: "putMember",
    method: "PUT",
    path: "/v1/rooms/{roomId}/members/{userId}",
    service: "ingest",
    auth: "any",
    summary:
      "Add a member, or set its role and custom data. A client must be an owner of the room; only servers let observers in, whom no user sees.",
    params: memberPath,
    query: none,
    body: MemberPut,
    responses: { 200: MemberResource, 201: MemberResource, 202: Applying },
    errors: ["room_not_found", "not_a_member", "forbidden", "room_conflict", "too_many_rooms"],
  }),
  removeMember: define({
    id: "removeMember",
    method: "DELETE",
    path: "/v1/rooms/{roomId}/members/{userId}",
    service: "ingest",
    auth: "any",
    summary: "Remove a member. A client removes itself, or others as an owner.",
    params: memberPath,
    query: none,
    body: null,
    responses: { 202: Applying, 204: Done },
    errors: ["room_not_found", "not_a_member", "member_not_found", "forbidden", "room_conflict"],
  }),
} as const;
