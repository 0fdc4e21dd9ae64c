import { Type } from "typebox";
import { ErasedMessages, Erasure, ErasureId } from "../erasures.ts";
import { UserId } from "../ids.ts";
import { strict } from "../resources.ts";
import { define, none } from "./operation.ts";

export const erasuresOperations = {
  eraseUser: define({
    id: "eraseUser",
    method: "DELETE",
    path: "/v1/users/{userId}",
    service: "ingest",
    auth: "server",
    summary:
      "Forget a user: its tokens, profile, settings and presence at once; its memberships, receipts, reactions, mentions and messages in every room that it is or was in, as a task that goes on by itself. While that runs the same call is answered with it. Issue the user no tokens before: what comes after is a new user of that name. Age alone takes what the log (7 days), records that could not be processed, deliveries of webhooks that name it (30 days each) and the audit log say.",
    params: Type.Object({ userId: UserId }, strict),
    query: Type.Object({ messages: Type.Optional(ErasedMessages) }, strict),
    body: null,
    responses: { 202: Erasure },
    errors: ["erasure_conflict"],
  }),
  getErasure: define({
    id: "getErasure",
    method: "GET",
    path: "/v1/erasures/{taskId}",
    service: "ingest",
    auth: "server",
    summary: "How far the erasure of a user has come.",
    params: Type.Object({ taskId: ErasureId }, strict),
    query: none,
    body: null,
    responses: { 200: Erasure },
    errors: ["erasure_not_found"],
  }),
} as const;
