import { Type } from "typebox";
import { UserId, UserIdList } from "../ids.ts";
import { UserPut } from "../requests.ts";
import { Presence, strict, Time, User } from "../resources.ts";
import { UserExportLine } from "../user-export.ts";
import { define, none } from "./operation.ts";

const userPath = Type.Object({ userId: UserId }, strict);

export const usersOperations = {
  revokeUser: define({
    id: "revokeUser",
    method: "POST",
    path: "/v1/users/{userId}/revoke",
    service: "ingest",
    auth: "server",
    summary: "Void every token of the user issued before now; open sockets close.",
    params: userPath,
    query: none,
    body: null,
    responses: { 200: Type.Object({ userId: UserId, revokedBefore: Time }, strict) },
    errors: [],
  }),
  putUser: define({
    id: "putUser",
    method: "PUT",
    path: "/v1/users/{userId}",
    service: "ingest",
    auth: "server",
    summary:
      "Set a user's profile. The sessions of those who share an open room with it are told by `user.updated`.",
    params: userPath,
    query: none,
    body: UserPut,
    responses: { 200: User },
    errors: [],
  }),
  getUser: define({
    id: "getUser",
    method: "GET",
    path: "/v1/users/{userId}",
    service: "gateway",
    auth: "any",
    summary: "A user's profile. A client reads its own.",
    params: userPath,
    query: none,
    body: null,
    responses: { 200: User },
    errors: ["user_not_found", "forbidden"],
  }),
  exportUser: define({
    id: "exportUser",
    method: "GET",
    path: "/v1/users/{userId}/export",
    service: "gateway",
    auth: "server",
    summary:
      "All that is kept of a user, one JSON object a line: who it is and what it wants for itself, each room that it is or was in with its own messages there, what those said before and its reactions, its files, and `end`. Without `end` some of it is missing.",
    params: userPath,
    query: none,
    body: null,
    responses: { 200: Type.String() },
    lines: UserExportLine,
    errors: [],
  }),
  getPresence: define({
    id: "getPresence",
    method: "GET",
    path: "/v1/presence",
    service: "gateway",
    auth: "any",
    summary:
      "Who of these users is online, in the order asked for. A user learns it of those with whom it shares an open room; of all others, as of those who do not exist, that they are offline.",
    params: none,
    query: Type.Object({ userIds: UserIdList }, strict),
    body: null,
    responses: { 200: Type.Object({ items: Type.Array(Presence) }, strict) },
    errors: [],
  }),
} as const;
