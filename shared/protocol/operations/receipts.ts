import { Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { ReadPost, UnreadPost } from "../requests.ts";
import { MemberResource, ReadPosition, strict, UnreadTotal } from "../resources.ts";
import { Applying, define, none, roomPath } from "./operation.ts";

export const receiptsOperations = {
  readRoom: define({
    id: "readRoom",
    method: "POST",
    path: "/v1/rooms/{roomId}/read",
    service: "ingest",
    auth: "user",
    summary: "Mark as read up to this message number. Markers only move forward.",
    params: roomPath,
    query: none,
    body: ReadPost,
    responses: { 200: MemberResource, 202: Applying },
    errors: ["room_not_found", "not_a_member"],
  }),
  deliverRoom: define({
    id: "deliverRoom",
    method: "POST",
    path: "/v1/rooms/{roomId}/delivered",
    service: "ingest",
    auth: "user",
    summary:
      "Mark as delivered up to this message number: a device of the user has it. Markers only move forward, and what is read is delivered.",
    params: roomPath,
    query: none,
    body: ReadPost,
    responses: { 200: MemberResource, 202: Applying },
    errors: ["room_not_found", "not_a_member"],
  }),
  unreadRoom: define({
    id: "unreadRoom",
    method: "POST",
    path: "/v1/rooms/{roomId}/unread",
    service: "ingest",
    auth: "user",
    summary: `Mark as unread from this message on. Only the user's own devices are told: what others were told of its reading stands. It reaches ${limits.unreadBackMessagesMax} messages back at most.`,
    params: roomPath,
    query: none,
    body: UnreadPost,
    responses: { 200: ReadPosition, 202: Applying },
    errors: ["room_not_found", "not_a_member"],
  }),
  getUnread: define({
    id: "getUnread",
    method: "GET",
    path: "/v1/unread",
    service: "gateway",
    auth: "user",
    summary: "What the acting user has not read in all its open rooms together: for a badge.",
    params: none,
    query: none,
    body: null,
    responses: { 200: Type.Object({ unreadTotal: UnreadTotal }, strict) },
    errors: [],
  }),
} as const;
