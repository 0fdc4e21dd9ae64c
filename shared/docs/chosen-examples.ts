/** By operation: bodies whose optional fields are better chosen than made. The first is the product page's own. */
export const bodyExamples: Readonly<Record<string, unknown>> = {
  createToken: { userId: "user_42", displayName: "Dana Reyes" },
  putUser: { displayName: "Dana Reyes", avatarUrl: "https://acme.example/avatars/42.png" },
  putRoom: {
    type: "direct",
    members: [{ userId: "user_42" }, { userId: "user_7" }],
    name: "Order 8f2a",
    custom: { orderNumber: 8124 },
    closeAt: "2026-03-15T09:00:00.000Z",
  },
  closeRooms: { roomIds: ["order_8f2a", "order_8f2b"] },
  patchRoom: { closeAt: "2026-03-15T12:00:00.000Z" },
  putMember: { role: "member", custom: { plate: "B AC 1024" } },
  createMessage: { clientId: "c_7d21", body: "Driver is 2 min away" },
  createMedia: { fileName: "door.jpg", contentType: "image/jpeg", size: 183_240 },
  updateMessage: { body: "Driver is 1 min away" },
  putBeforeSend: { url: "https://acme.example/before-send", onFailure: "open" },
  reportMessage: { reason: "fraud", note: "Asks me to pay elsewhere." },
  resolveReport: { outcome: "warned" },
  readRoom: { number: 7 },
  deliverRoom: { number: 7 },
  unreadRoom: { number: 7 },
  putPrivacy: { receipts: false },
  signalTyping: { typing: true },
  putTenant: {
    name: "Acme",
    settings: {
      tokenTtlSeconds: 900,
      masking: { find: ["phone", "email"], action: "mask", direct: true, roomPattern: "order_*" },
    },
  },
  createWebhookEndpoint: { url: "https://acme.example/chat-events", events: ["message.created"] },
  updateWebhookEndpoint: { enabled: true },
  replayWebhookEndpoint: { from: "2026-03-14T09:00:00.000Z", to: "2026-03-14T10:00:00.000Z" },
};

/** The same for what goes over the socket, by type. */
export const socketExamples: Readonly<Record<string, unknown>> = {
  connect: {
    type: "connect",
    ref: "r1",
    token: "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyXzQyIn0.c2lnbmF0dXJl",
    resume: { order_8f2a: 12, support_19: 240 },
  },
  "message.send": {
    type: "message.send",
    ref: "r2",
    roomId: "order_8f2a",
    clientId: "c_7d21",
    body: "Driver is 2 min away",
  },
  "message.update": {
    type: "message.update",
    ref: "r3",
    roomId: "order_8f2a",
    messageId: "msg_4fcQOQaLmCu6R1hPWlPtOz",
    body: "Driver is 1 min away",
  },
  "privacy.set": { type: "privacy.set", ref: "r6", presence: false },
  history: { type: "history", ref: "r4", roomId: "order_8f2a", before: 7, limit: 20 },
  "presence.watch": { type: "presence.watch", ref: "r5", userIds: ["user_42", "user_7"] },
  "message.rejected": {
    type: "message.rejected",
    tenantId: "acme",
    roomId: "order_8f2a",
    at: "2026-03-14T09:26:53.589Z",
    userId: "user_42",
    clientId: "c_7d21",
    messageId: "msg_4fcQOQaLmCu6R1hPWlPtOz",
    request: "message.send",
    error: {
      code: "room_closed",
      message: "The room is closed: it can be read but not written.",
      retryable: false,
      requestId: "req_5nXk2VtQJ8mA1bCd",
    },
  },
};
