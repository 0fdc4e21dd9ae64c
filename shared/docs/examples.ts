import type { TSchema } from "typebox";
import { Check } from "typebox/schema";
import { errorCodes } from "#shared/errors/catalogue.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import { type JsonSchema, jsonOf } from "./json-schema.ts";

const messageId = messageIdFor({
  tenantId: "acme",
  roomId: "order_8f2a",
  senderId: "user_42",
  clientId: "c_7d21",
});

const token = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyXzQyIn0.c2lnbmF0dXJl";

/**
 * One story for all examples: a driver writes to a rider in the room of an order. A value stands where the field of
 * this name admits it; the first that fits is taken.
 */
const byField: Readonly<Record<string, readonly unknown[]>> = {
  accepted: [true],
  actorId: ["user_7"],
  after: [0],
  appendedAt: ["2026-03-14T09:26:53.589Z"],
  apiKey: ["sk_9hK2_3vR8xWq1"],
  around: [7],
  at: ["2026-03-14T09:26:53.589Z"],
  attachments: [[]],
  action: ["putMember"],
  auditId: ["aud_0mmq2k9a58d1f0c7e2b4a6980"],
  avatarUrl: ["https://acme.example/avatars/42.png"],
  batch: [null],
  batchId: [null],
  before: [7],
  blocked: [["user_13"]],
  body: ["Driver is 2 min away"],
  clientId: ["c_7d21"],
  closeAt: [null],
  completedAt: [null],
  closedAt: [null],
  answeredAt: ["2026-03-14T09:26:58.120Z"],
  callId: ["call_3vR8xWq19hK2Qm3xT9nXk2"],
  durationSeconds: [192],
  endedAt: ["2026-03-14T09:30:10.655Z"],
  identity: ["p_Qm3xT9nXk23vR8xWq19hK2"],
  invite: [["user_7"]],
  leftAt: [null],
  connection: [{ times: 1, lastAt: "2026-03-14T09:26:58.411Z", lost: 0, published: ["microphone"] }],
  quality: [
    {
      seconds: { excellent: 171, good: 15, poor: 4, lost: 2 },
      reconnects: 1,
      rating: 4,
      reportedAt: "2026-03-14T09:30:11.020Z",
    },
  ],
  rating: [4],
  seconds: [192],
  livekit: [
    { url: "wss://livekit.acme.example", token: "eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6e319.c2lnbmF0dXJl" },
  ],
  ringEndsAt: ["2026-03-14T09:27:38.589Z"],
  ringSeconds: [45],
  recordingId: ["EG_8f2aQm3xT9nX"],
  location: [null, "s3://acme-recordings/acme/trip_5521_call_1.mp4"],
  startedAt: ["2026-03-14T09:27:02.410Z"],
  startedBy: ["user_42"],
  capabilities: [["message.send", "typing.start", "room.read", "room.leave"]],
  code: [errorCodes.find((code) => code === "room_not_found")],
  contentType: ["image/jpeg"],
  createdAt: ["2026-03-14T09:26:53.589Z"],
  deadLetterId: ["commands-3-1289"],
  cursor: ["b3JkZXJfOGYyYQ", "aud_0mmq2k9a58d1f0c7e2b4a6980", "rep_0mmq2k9a58d1f0c7e2b4a6980"],
  custom: [{ orderNumber: 8124 }],
  deletedAt: [null, "2026-03-14T09:27:10.112Z"],
  deliveryId: ["dlv_0mmq2k9a58d1f0c7e2b4a6980c31f"],
  deliveredNumber: [7],
  description: ["Order service"],
  displayName: ["Dana Reyes"],
  disabledAt: [null],
  failingSince: [null],
  disabledReason: [null],
  enabled: [true],
  endpointId: ["whe_3vR8xWq19hK2Qm3xT9nXk2"],
  events: [["message.created", "room.closed"]],
  headers: [{ "x-source": "chat" }],
  height: [1_200],
  editedAt: [null, "2026-03-14T09:27:10.112Z"],
  eventId: ["evt_3vR8xWq19hK2Qm3xT9nXk2"],
  eventType: ["message.created"],
  fileName: ["door.jpg"],
  expiresAt: ["2026-03-14T10:26:53.589Z"],
  freezeAt: [null],
  fromSeq: [13],
  heartbeatSeconds: [25],
  id: [messageId],
  idleSince: ["2026-03-14T09:20:00.000Z"],
  joinedAt: ["2026-03-14T09:20:00.000Z"],
  key: ["👍"],
  keyId: ["9hK2"],
  keys: [[{ kty: "OKP", crv: "Ed25519", kid: "k1", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }]],
  memberCount: [2],
  lastSeenAt: [null, "2026-03-14T09:26:41.102Z"],
  limit: [50],
  mediaId: ["med_3vR8xWq19hK2Qm3xT9nXk2"],
  mediaTypes: [null],
  mentions: [[]],
  message: ["No such room, or not one of this tenant."],
  mentioningIds: [[]],
  messageId: [messageId],
  messageIds: [[messageId]],
  messages: ["anonymise"],
  name: ["Order 8f2a", "Acme"],
  next: [null],
  nextAttemptAt: [null],
  number: [7],
  reactions: [{ "👍": { count: 1, userIds: ["user_7"] } }],
  online: [true],
  profile: [{ displayName: "Dana Reyes", avatarUrl: null, custom: null }],
  publicKeys: [[]],
  previousExpiresAt: ["2026-03-15T09:26:53.589Z"],
  pinnedAt: ["2026-03-14T09:27:10.112Z"],
  pinnedBy: ["user_42"],
  ratePerSecond: [null],
  readNumber: [6],
  reporterId: ["user_7"],
  reportId: ["rep_0mmq2k9a58d1f0c7e2b4a6980"],
  reason: ["fraud"],
  outcome: ["warned"],
  replacedAt: ["2026-03-14T09:27:10.112Z"],
  replacedBy: ["user_42"],
  ref: ["r1"],
  replyToId: [null],
  taskId: ["ers_3vR8xWq19hK2Qm3xT9nXk2"],
  thread: [null],
  threadCount: [null],
  threadId: [null],
  requestId: ["req_5nXk2VtQJ8mA1bCd"],
  resume: [{ order_8f2a: 12 }],
  replayedAt: [null],
  revokedAt: [null],
  revokedBefore: ["2026-03-14T09:26:53.589Z"],
  role: ["member"],
  room: [{ type: "direct", name: "Order 8f2a", custom: { orderNumber: 8124 } }],
  roomPattern: ["order_*"],
  roomId: ["order_8f2a"],
  senderId: ["user_42"],
  secret: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw1Kf0oVYhZ0s="],
  seq: [12],
  size: [183_240],
  sessionId: ["ses_Qm3xT9"],
  status: [200],
  target: [{ roomId: "order_8f2a", userId: "user_42" }],
  tenantId: ["acme"],
  toSeq: [840],
  token: [token],
  unread: [1],
  unreadTotal: [3],
  updatedAt: ["2026-03-14T09:26:53.589Z"],
  url: ["https://acme.example/chat-events"],
  width: [1_600],
  writtenAt: ["2026-03-14T09:26:53.589Z"],
  userId: ["user_42"],
  userIds: ["user_42,user_7", ["user_42", "user_7"]],
};

/** Fields that are left out where they may be: an example shows what a caller meets. */
const seldom = new Set(["details", "next"]);

/** A value that the schema admits, the same on every run. */
export function exampleOf(schema: TSchema, field: string | null = null): unknown {
  return sampleOf(jsonOf(schema), field);
}

function sampleOf(schema: JsonSchema, field: string | null): unknown {
  for (const value of field === null ? [] : (byField[field] ?? [])) {
    if (Check({ ...schema }, value)) return value;
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined)
    return schema.anyOf[0] === undefined ? null : sampleOf(schema.anyOf[0], field);
  switch (schema.type) {
    case "object":
      return objectOf(schema);
    case "array":
      return schema.items === undefined ? [] : [sampleOf(schema.items, singular(field))];
    case "string":
      return "text";
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    default:
      return null;
  }
}

function objectOf(schema: JsonSchema): Record<string, unknown> {
  const required = new Set(schema.required);
  const shown = Object.entries(schema.properties ?? {}).filter(
    ([name]) => required.has(name) || (name in byField && !seldom.has(name)),
  );
  return Object.fromEntries(shown.map(([name, inner]) => [name, sampleOf(inner, name)]));
}

/** The items of `userIds` are examples of `userId`. */
function singular(field: string | null): string | null {
  return field?.endsWith("s") ? field.slice(0, -1) : field;
}
