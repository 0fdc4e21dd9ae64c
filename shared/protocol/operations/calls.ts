import { Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { Call, CallAnswer } from "../calls.ts";
import { CallId } from "../ids.ts";
import { CallDecline, CallEnd, CallPost, CallQualityPost } from "../requests.ts";
import { strict } from "../resources.ts";
import { Applying, Done, define, listOf, none, page, roomPath } from "./operation.ts";

const callPath = Type.Object({ callId: CallId }, strict);
const refusals = [
  "call_not_found",
  "room_not_found",
  "not_a_member",
  "forbidden",
  "read_only",
  "room_frozen",
  "room_closed",
  "call_ended",
  "call_conflict",
] as const;

/** What is done in one call: by a user, on any of its devices. */
const act = <const Id extends string, const Verb extends string>(id: Id, verb: Verb, summary: string) =>
  ({
    id,
    method: "POST",
    path: `/v1/calls/{callId}/${verb}`,
    service: "calls",
    auth: "user",
    summary,
    params: callPath,
    query: none,
    errors: refusals,
  }) as const;

export const callsOperations = {
  startCall: define({
    id: "startCall",
    method: "POST",
    path: "/v1/rooms/{roomId}/calls",
    service: "calls",
    auth: "user",
    summary: `Call the others of the room. 201: it rings, or has ended where all whom it would ring are in calls of other rooms, as far as that is known at once. 200: there is such a call, by a repeat of the callId, or the room has one already, which the user has joined by this. In a group, one who is left alone has ${limits.callAloneMs / 1_000} s.`,
    params: roomPath,
    query: none,
    body: CallPost,
    responses: { 200: CallAnswer, 201: CallAnswer, 202: Applying },
    errors: [
      "room_not_found",
      "not_a_member",
      "forbidden",
      "read_only",
      "room_frozen",
      "room_closed",
      "calls_disabled",
      "livekit_unavailable",
      "call_conflict",
      "call_full",
      "contact_details_refused",
    ],
  }),
  listCalls: define({
    id: "listCalls",
    method: "GET",
    path: "/v1/rooms/{roomId}/calls",
    service: "calls",
    auth: "any",
    summary: "The room's calls, the newest first: the one that runs, and those that have ended.",
    params: roomPath,
    query: page,
    body: null,
    responses: { 200: listOf(Call) },
    errors: ["room_not_found", "not_a_member"],
  }),
  getCall: define({
    id: "getCall",
    method: "GET",
    path: "/v1/calls/{callId}",
    service: "calls",
    auth: "any",
    summary: "One call.",
    params: callPath,
    query: none,
    body: null,
    responses: { 200: Call },
    errors: ["call_not_found", "room_not_found", "not_a_member"],
  }),
  acceptCall: define({
    ...act("acceptCall", "accept", "Answer a call, or join one that others are in. Again: another way in."),
    body: null,
    responses: { 200: CallAnswer, 202: Applying },
    errors: [...refusals, "call_full", "calls_disabled", "livekit_unavailable"],
  }),
  declineCall: define({
    ...act("declineCall", "decline", "Not answer a call: it stops ringing on all the user's devices."),
    body: CallDecline,
    responses: { 200: Call, 202: Applying },
  }),
  cancelCall: define({
    ...act("cancelCall", "cancel", "Who has begun a call gives it up while nobody has answered."),
    body: null,
    responses: { 200: Call, 202: Applying },
  }),
  leaveCall: define({
    ...act("leaveCall", "leave", "Leave a call. The last but one ends that of a direct room by it."),
    body: null,
    responses: { 200: Call, 202: Applying },
  }),
  endCall: define({
    ...act("endCall", "end", "End a call for all: who began it, an owner, both of a direct room, a server."),
    auth: "any",
    body: CallEnd,
    responses: { 200: Call, 202: Applying },
  }),
  recordCall: define({
    ...act(
      "recordCall",
      "record",
      "Record a call that somebody has answered, by LiveKit's egress: a server, an owner, both of a direct room. `call.recorded` says where the file is.",
    ),
    auth: "any",
    body: null,
    responses: { 200: Call, 202: Applying },
    errors: [...refusals, "recording_disabled", "calls_disabled", "livekit_unavailable"],
  }),
  stopRecording: define({
    ...act(
      "stopRecording",
      "stop-recording",
      "Record a call no more. It is recorded until `call.recorded` says so.",
    ),
    auth: "any",
    body: null,
    responses: { 200: Call },
    errors: [...refusals, "recording_disabled", "calls_disabled", "livekit_unavailable"],
  }),
  reportCallQuality: define({
    ...act(
      "reportCallQuality",
      "quality",
      `Say how good a call was to the user, who was in it: what LiveKit's client says of the device's connection, and what the user says. What is not named stays as it was told before, so the user may be asked later. While the call runs, and ${limits.callQualityMsMax / 3_600_000} h after; all in the room hear it by \`call.quality\`.`,
    ),
    body: CallQualityPost,
    responses: { 200: Call, 202: Applying },
    errors: ["call_not_found", "room_not_found", "not_a_member", "call_ended", "call_conflict"],
  }),
  renewCallToken: define({
    ...act(
      "renewCallToken",
      "token",
      `Another way into a call that the user is in: LiveKit's tokens open a connection for ${limits.callTokenSeconds} s. Observers of the room get one by which they are hidden and mute.`,
    ),
    body: null,
    responses: { 200: CallAnswer },
    errors: [...refusals, "calls_disabled", "livekit_unavailable"],
  }),
  takeLiveKitWebhook: define({
    id: "takeLiveKitWebhook",
    method: "POST",
    path: "/v1/livekit/webhook",
    service: "calls",
    auth: "none",
    summary:
      "For LiveKit alone, which signs what it sends: name this URL in its configuration, and calls end as soon as their users are gone.",
    params: none,
    query: none,
    body: null,
    responses: { 204: Done },
    errors: ["unauthenticated", "calls_disabled"],
  }),
} as const;
