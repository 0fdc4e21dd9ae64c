import { BeforeSendHook, BeforeSendPut, BeforeSendSecret, NewBeforeSendHook } from "../before-send.ts";
import { Done, define, none } from "./operation.ts";

const path = "/v1/before-send";

export const beforeSendOperations = {
  putBeforeSend: define({
    id: "putBeforeSend",
    method: "PUT",
    path,
    service: "ingest",
    auth: "server",
    summary:
      'Have your server asked before a user\'s message or edit is taken: a POST, described as `message.before_send` among the webhooks and signed as they are. It answers 200 with `{"action":"accept"}`, `{"action":"refuse","reason"}` (the sender is shown the reason, with `message_refused`) or `{"action":"rewrite","body","custom"?}`. 201: it is new, and its secret is shown here and never again. It holds within a second.',
    params: none,
    query: none,
    body: BeforeSendPut,
    responses: { 200: BeforeSendHook, 201: NewBeforeSendHook },
    errors: [],
  }),
  getBeforeSend: define({
    id: "getBeforeSend",
    method: "GET",
    path,
    service: "ingest",
    auth: "server",
    summary: "What is asked before a message is taken, without its secret.",
    params: none,
    query: none,
    body: null,
    responses: { 200: BeforeSendHook },
    errors: ["before_send_not_found"],
  }),
  rotateBeforeSendSecret: define({
    id: "rotateBeforeSendSecret",
    method: "POST",
    path: `${path}/rotate-secret`,
    service: "ingest",
    auth: "server",
    summary: "Make a new secret. Calls are signed with both for a day.",
    params: none,
    query: none,
    body: null,
    responses: { 200: BeforeSendSecret },
    errors: ["before_send_not_found"],
  }),
  deleteBeforeSend: define({
    id: "deleteBeforeSend",
    method: "DELETE",
    path,
    service: "ingest",
    auth: "server",
    summary: "Nobody is asked any more.",
    params: none,
    query: none,
    body: null,
    responses: { 204: Done },
    errors: ["before_send_not_found"],
  }),
} as const;
