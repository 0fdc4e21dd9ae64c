import { randomUUID } from "node:crypto";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import { operationList } from "#shared/protocol/operations.ts";

/** What a call can name. */
export interface Names {
  readonly tenantId: string;
  readonly keyId: string;
  readonly roomId: string;
  readonly userId: string;
  readonly blockedId: string;
  readonly messageId: string;
  /** Of a reaction. */
  readonly key: string;
  readonly callId: string;
  readonly deadLetterId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly reportId: string;
  readonly mediaId: string;
  readonly taskId: string;
}

/** Names of the right form that nothing has. */
export function namesOfNothing(): Names {
  const id = randomUUID();
  return {
    tenantId: `tenant_${id}`,
    keyId: "0123456789ab",
    roomId: `room_${id}`,
    userId: `user_${id}`,
    key: "🤷",
    blockedId: `blocked_${id}`,
    messageId: `msg_${id.replaceAll("-", "").slice(0, 22)}`,
    callId: `call_${id}`,
    deadLetterId: "commands-0-999999999999",
    mediaId: `med_${id.replaceAll("-", "").slice(0, 22)}`,
    taskId: `ers_${id.replaceAll("-", "").slice(0, 22)}`,
    reportId: `rep_0${id.replaceAll("-", "").slice(0, 24)}`,
    deliveryId: `dlv_0${id.replaceAll("-", "").slice(0, 28)}`,
    endpointId: `whe_${id.replaceAll("-", "").slice(0, 22)}`,
  };
}

/** A good body for each call, so that nothing but who asks can be the reason for a refusal. */
export const bodies: Readonly<Record<string, ((names: Names) => object) | null>> = {
  createToken: ({ userId }) => ({ userId }),
  revokeUser: null,
  putUser: () => ({ displayName: "Mallory" }),
  getUser: null,
  exportUser: null,
  eraseUser: null,
  getErasure: null,
  getPresence: null,
  putRoom: ({ userId }) => ({ type: "group", members: [{ userId }], name: "Mallory's" }),
  getRoom: null,
  patchRoom: () => ({ name: "Mallory's" }),
  closeRooms: ({ roomId }) => ({ roomIds: [roomId] }),
  deleteRoom: null,
  exportRoom: null,
  listRooms: null,
  listMembers: null,
  getMember: null,
  putMember: () => ({ role: "owner" }),
  removeMember: null,
  createMessage: () => ({ body: "Mallory was here" }),
  listMessages: null,
  getMessage: null,
  listThread: null,
  updateMessage: () => ({ body: "Mallory was here" }),
  deleteMessage: null,
  listMessageVersions: null,
  reportMessage: () => ({ reason: "spam" }),
  putBeforeSend: () => ({ url: "https://mallory.example/hook", onFailure: "open" }),
  getBeforeSend: null,
  deleteBeforeSend: null,
  rotateBeforeSendSecret: null,
  listReports: null,
  getReport: null,
  resolveReport: () => ({ outcome: "dismissed" }),
  listReactions: null,
  listPins: null,
  pinMessage: null,
  unpinMessage: null,
  addReaction: null,
  removeReaction: null,
  createMedia: () => ({ fileName: "mallory.png", contentType: "image/png", size: 70 }),
  completeMedia: null,
  getMedia: null,
  readRoom: () => ({ number: 1 }),
  deliverRoom: () => ({ number: 1 }),
  unreadRoom: () => ({ number: 1 }),
  getUnread: null,
  getPrivacy: null,
  putPrivacy: () => ({ receipts: true }),
  listBlocks: null,
  putBlock: null,
  deleteBlock: null,
  muteRoom: null,
  unmuteRoom: null,
  signalTyping: () => ({}),
  listEvents: null,
  startCall: () => ({ kind: "audio" }),
  listCalls: null,
  getCall: null,
  acceptCall: null,
  declineCall: () => ({}),
  cancelCall: null,
  leaveCall: null,
  endCall: () => ({}),
  reportCallQuality: () => ({ rating: 1 }),
  renewCallToken: null,
  recordCall: null,
  stopRecording: null,
  takeLiveKitWebhook: null,
  createWebhookEndpoint: () => ({ url: "https://mallory.example/hook" }),
  listWebhookEndpoints: null,
  getWebhookEndpoint: null,
  updateWebhookEndpoint: () => ({ url: "https://mallory.example/hook" }),
  deleteWebhookEndpoint: null,
  rotateWebhookSecret: null,
  testWebhookEndpoint: null,
  replayWebhookEndpoint: () => ({ from: "2026-01-01T00:00:00.000Z", to: "2026-01-02T00:00:00.000Z" }),
  listWebhookDeliveries: null,
  getWebhookDelivery: null,
  retryWebhookDelivery: null,
  putTenant: () => ({ name: "Mallory's" }),
  getTenant: null,
  createKey: () => ({}),
  listKeys: null,
  revokeKey: null,
  listDeadLetters: null,
  getDeadLetter: null,
  replayDeadLetter: null,
  getLimits: null,
  listAudit: null,
  listTenantAudit: null,
  getJwks: null,
};

/** Calls that anybody may make; that for LiveKit asks for a signature. */
export function isOpenToAll({ id, auth }: Operation): boolean {
  return auth === "none" && id !== "takeLiveKitWebhook";
}

/** What the calls whose query is not all optional ask. */
const queries: Readonly<Record<string, (names: Names) => string>> = {
  getPresence: ({ userId }) => `?userIds=${encodeURIComponent(userId)}`,
  eraseUser: () => "?messages=remove",
};

export const frames: Readonly<Record<string, ((names: Names, token: string) => object) | null>> = {
  connect: ({ roomId }, token) => ({ token, resume: { [roomId]: 0 } }),
  "message.send": ({ roomId }) => ({ roomId, clientId: "mallory", body: "Mallory was here" }),
  "message.update": ({ roomId, messageId }) => ({ roomId, messageId, body: "Mallory was here" }),
  "message.delete": ({ roomId, messageId }) => ({ roomId, messageId }),
  "message.pin": ({ roomId, messageId }) => ({ roomId, messageId }),
  "message.unpin": ({ roomId, messageId }) => ({ roomId, messageId }),
  "reaction.add": ({ roomId, messageId, key }) => ({ roomId, messageId, key }),
  "reaction.remove": ({ roomId, messageId, key }) => ({ roomId, messageId, key }),
  "room.read": ({ roomId }) => ({ roomId, number: 1 }),
  "room.delivered": ({ roomId }) => ({ roomId, number: 1 }),
  "room.unread": ({ roomId }) => ({ roomId, number: 1 }),
  "room.mute": ({ roomId }) => ({ roomId, muted: true }),
  "user.block": ({ userId }) => ({ userId }),
  "user.unblock": ({ userId }) => ({ userId }),
  "privacy.set": () => ({ receipts: true }),
  "typing.start": ({ roomId }) => ({ roomId }),
  "typing.stop": ({ roomId }) => ({ roomId }),
  "presence.watch": ({ userId }) => ({ userIds: [userId] }),
  history: ({ roomId }) => ({ roomId }),
  "token.refresh": (_names, token) => ({ token }),
  ping: null,
};

/** What a readonly member of a room may do beside reading: its own markers, settings and session. */
export const readersOwn: {
  readonly operations: ReadonlySet<string>;
  readonly frames: ReadonlySet<string>;
} = {
  operations: new Set([
    "reportMessage",
    "readRoom",
    "deliverRoom",
    "unreadRoom",
    "muteRoom",
    "unmuteRoom",
    "putPrivacy",
    "putBlock",
    "deleteBlock",
    "createMedia",
  ]),
  frames: new Set([
    "room.read",
    "room.delivered",
    "room.unread",
    "room.mute",
    "privacy.set",
    "user.block",
    "user.unblock",
    "presence.watch",
    "history",
    "token.refresh",
    "ping",
  ]),
};

export interface Attempt {
  readonly operation: Operation;
  readonly path: string;
  readonly body: string | undefined;
}

/** Every call of the table, naming these things. Last the one that makes a room of that name where there was none. */
export function attemptsOn(names: Names): Attempt[] {
  const isLast = ({ id }: Operation) => (id === "putRoom" ? 1 : 0);
  const ordered = operationList.toSorted((a, b) => isLast(a) - isLast(b));
  return ordered.map((operation) => ({
    operation,
    path:
      operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: keyof Names) => encodeURIComponent(names[name])) +
      (queries[operation.id]?.(names) ?? ""),
    body: bodies[operation.id] == null ? undefined : JSON.stringify(bodies[operation.id]?.(names)),
  }));
}

/** What an answer says, without the names that were asked for and what is new in every answer. */
export function withoutNames({ status, text }: { status: number; text: string }, names: Names): string {
  let said = text.replaceAll(/"(requestId|token|endpointId|secret|mediaId|taskId|url)":"[^"]*"/g, '"$1":"…"');
  said = said.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "time");
  for (const [name, value] of Object.entries(names)) said = said.replaceAll(value, name);
  return `${status} ${said}`;
}
