import fc from "fast-check";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";

const tenantId = "acme";
const roomId = "trip_1";
const users = ["ann", "bob", "cem", "dee"];

const user = fc.constantFrom(...users);
const at = fc
  .integer({ min: 0, max: 7_200_000 })
  .map((ms) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString());
const role = fc.constantFrom("owner", "member", "readonly", "observer" as const);
const marker = fc.constantFrom("room.read", "room.delivered", "room.unread" as const);
export const base = { v: 1 as const, tenantId, roomId };
export const server = { kind: "server" as const, userId: null };

export const allIn = fc.constant<RoomCommand>({
  ...base,
  type: "room.put",
  at: "2026-01-01T00:00:00.000Z",
  actor: server,
  roomType: "group",
  members: users.map((userId) => ({ userId, role: "member" })),
});

const seldom = fc.nat(3).map((n) => n === 0);
const number = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }));

/** Few, so that many a message is there when something is said of it. */
const fewIds = fc.integer({ min: 1, max: 4 }).map(String);
const messageId = fc
  .record({ senderId: user, clientId: fewIds })
  .map(({ senderId, clientId }) => messageIdFor({ tenantId, roomId, senderId, clientId }));

/** A number, whole and in parts, where something is looked for. */
const masking = fc.record({
  body: fc.constantFrom("0612", "345678", "06 12 34 56 78"),
  action: fc.constantFrom("mask", "refuse" as const),
  rooms: fc.constantFrom("all", "direct" as const),
});

/** Somebody says something. */
const sending: fc.Arbitrary<RoomCommand> = fc
  .record({
    at,
    userId: user,
    clientId: fc.oneof(fewIds, fc.integer({ min: 1, max: 30 }).map(String)),
    silent: seldom,
    system: seldom,
    mentions: fc.oneof(
      { weight: 6, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.subarray([...users, "stranger"]) },
    ),
    replyToId: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: messageId }),
    masking: fc.option(masking),
  })
  .map(({ at, userId, clientId, silent, system, mentions, replyToId, masking }): RoomCommand => {
    const senderId = system ? null : userId;
    return {
      ...base,
      type: "message.create",
      at,
      actor: system ? server : { kind: "client", userId },
      messageId: messageIdFor({ tenantId, roomId, senderId, clientId }),
      clientId,
      kind: system ? "system" : "text",
      body: masking?.body ?? `says ${clientId}`,
      attachments: [],
      mentions,
      replyToId,
      custom: null,
      silent,
      ...(masking === null
        ? {}
        : { masking: { find: ["phone"], action: masking.action, rooms: masking.rooms } }),
    };
  });

/** Somebody's marker moves. */
const marking: fc.Arbitrary<RoomCommand> = fc.record({ at, type: marker, userId: user, number }).map(
  ({ at, type, userId, number }): RoomCommand => ({
    ...base,
    type,
    at,
    actor: { kind: "client", userId },
    userId,
    number,
  }),
);

/** Somebody wants other than before for itself. */
const settling: fc.Arbitrary<RoomCommand> = fc.oneof(
  fc.record({ at, userId: user, receipts: fc.boolean() }).map(
    ({ at, userId, receipts }): RoomCommand => ({
      ...base,
      type: "member.settings",
      at,
      actor: { kind: "client", userId },
      userId,
      receipts,
    }),
  ),
  fc.record({ at, userId: user, other: user, isBlocked: fc.boolean() }).map(
    ({ at, userId, other, isBlocked }): RoomCommand => ({
      ...base,
      type: "member.settings",
      at,
      actor: { kind: "client", userId },
      userId,
      ...(isBlocked ? { block: [other] } : { unblock: [other] }),
    }),
  ),
  fc.record({ at, userId: user, muted: fc.boolean() }).map(
    ({ at, userId, muted }): RoomCommand => ({
      ...base,
      type: "room.mute",
      at,
      actor: { kind: "client", userId },
      userId,
      muted,
    }),
  ),
  fc.record({ at, userId: user, displayName: fc.constantFrom("Ann", "Bob") }).map(
    ({ at, userId, displayName }): RoomCommand => ({
      ...base,
      type: "member.profile",
      at,
      actor: server,
      userId,
      profile: { displayName, avatarUrl: null, custom: null },
    }),
  ),
);

/** Members talk and read, and seldom does anything else happen. */
export const talk = fc.oneof(
  { weight: 6, arbitrary: sending },
  { weight: 4, arbitrary: marking },
  { weight: 1, arbitrary: settling },
);

const reacting = fc
  .record({
    at,
    userId: user,
    senderId: user,
    clientId: fc.integer({ min: 1, max: 12 }).map(String),
    key: fc.constantFrom("👍", "__proto__", "ok"),
    onePerUser: fc.boolean(),
    adds: fc.boolean(),
  })
  .map(({ at, userId, senderId, clientId, key, onePerUser, adds }): RoomCommand => {
    const messageId = messageIdFor({ tenantId, roomId, senderId, clientId });
    const asked = { ...base, at, actor: { kind: "client" as const, userId }, userId, messageId, key };
    return adds ? { ...asked, type: "reaction.add", onePerUser } : { ...asked, type: "reaction.remove" };
  });

const changing = fc
  .record({
    at,
    by: fc.option(user),
    senderId: fc.option(user, { freq: 8 }),
    clientId: fc.integer({ min: 1, max: 30 }).map(String),
    body: fc.constantFrom("says 1", "says 2", "", null),
    deletes: fc.boolean(),
    withinSeconds: fc.constantFrom(null, null, 0, 1_800),
    ownersMay: fc.boolean(),
    hard: fc.boolean(),
    pins: fc.option(fc.constantFrom("message.pin" as const, "message.unpin" as const), { freq: 2 }),
  })
  .map(({ at, by, senderId, clientId, body, deletes, withinSeconds, ownersMay, hard, pins }): RoomCommand => {
    const actor = by === null ? server : { kind: "client" as const, userId: by };
    const messageId = messageIdFor({ tenantId, roomId, senderId, clientId });
    if (pins !== null) return { ...base, at, actor, messageId, type: pins };
    const asked = { ...base, at, actor, messageId, withinSeconds };
    return deletes
      ? { ...asked, type: "message.delete", ownersMay, ...(hard ? { hard } : {}) }
      : { ...asked, type: "message.update", body };
  });

/** Somebody is forgotten. */
const erasing = fc
  .record({
    at,
    userId: user,
    messages: fc.constantFrom("anonymise", "remove" as const),
    part: fc.constantFrom("messages", "events" as const),
  })
  .map(
    ({ at, userId, ...how }): RoomCommand => ({
      ...base,
      type: "user.erase",
      at,
      actor: server,
      userId,
      pseudonym: `erased:${userId}`,
      ...how,
      after: 0,
      closedAts: [],
    }),
  );
/** Few ids, so that calls meet. */
const calling = fc
  .record({
    at,
    by: fc.option(user, { freq: 8 }),
    asServer: seldom,
    callId: fc.constantFrom("c1", "c2", "c3"),
    type: fc.constantFrom(
      "call.start",
      "call.start",
      "call.accept",
      "call.accept",
      "call.decline",
      "call.cancel",
      "call.leave",
      "call.end",
      "call.connected",
      "call.quality",
      "call.record",
      "call.recorded",
    ),
    invite: fc.option(fc.subarray([...users, "stranger"])),
    busy: fc.subarray(users),
    flag: fc.boolean(),
  })
  .map(({ at, by, asServer, callId, type, invite, busy, flag }): RoomCommand => {
    const actor =
      by === null ? server : { kind: asServer ? ("server" as const) : ("client" as const), userId: by };
    const asked = { ...base, at, actor, callId };
    switch (type) {
      case "call.start": {
        const whom = invite === null ? {} : { invite };
        const call = { kind: "audio", region: null, busy, ringSeconds: 30, leavesMessage: flag } as const;
        return { ...asked, type, ...call, ...whom };
      }
      case "call.decline":
        return { ...asked, type, busy: flag };
      case "call.end":
        return { ...asked, type, failed: flag };
      case "call.leave":
        return { ...asked, type, lost: flag };
      case "call.connected":
        return {
          ...asked,
          type,
          actor: { kind: "server", userId: by },
          connectedAt: at,
          published: flag ? ["camera"] : ["microphone"],
        };
      case "call.quality":
        return { ...asked, type, ...(flag ? { rating: 4 } : { reconnects: busy.length }) };
      case "call.record":
        return { ...asked, type, recordingId: flag ? "e1" : "e2" };
      case "call.recorded":
        return { ...asked, type, recordingId: flag ? "e1" : "e2", location: "s3://x", failed: false };
      default:
        return { ...asked, type };
    }
  });

export const command: fc.Arbitrary<RoomCommand> = fc.oneof(
  fc
    .record({
      at,
      members: fc.uniqueArray(fc.record({ userId: user, role }), { selector: (m) => m.userId, minLength: 1 }),
    })
    .map(
      ({ at, members }): RoomCommand => ({
        ...base,
        type: "room.put",
        at,
        actor: server,
        roomType: "group",
        members,
      }),
    ),
  fc
    .record({ at, state: fc.constantFrom("open", "frozen", "closed" as const) })
    .map(({ at, state }): RoomCommand => ({ ...base, type: "room.patch", at, actor: server, state })),
  fc
    .record({ at, freezeAt: fc.option(at), closeAt: fc.option(at) })
    .map(({ at, ...times }): RoomCommand => ({ ...base, type: "room.patch", at, actor: server, ...times })),
  fc.record({ at }).map(({ at }): RoomCommand => ({ ...base, type: "room.due", at, actor: server })),
  fc.record({ at, userId: user, role, by: user, asServer: fc.boolean() }).map(
    ({ at, userId, role, by, asServer }): RoomCommand => ({
      ...base,
      type: "member.put",
      at,
      actor: asServer ? server : { kind: "client", userId: by },
      userId,
      role,
    }),
  ),
  fc.record({ at, userId: user, by: user, asServer: fc.boolean() }).map(
    ({ at, userId, by, asServer }): RoomCommand => ({
      ...base,
      type: "member.remove",
      at,
      actor: asServer ? server : { kind: "client", userId: by },
      userId,
    }),
  ),
  { weight: 5, arbitrary: sending },
  { weight: 4, arbitrary: changing },
  { weight: 4, arbitrary: reacting },
  { weight: 6, arbitrary: calling },
  marking,
  settling,
);

const expiring: fc.Arbitrary<RoomCommand> = fc
  .record({ at, number })
  .map(({ at, number }) => ({ ...base, type: "messages.expire", at, actor: server, number }));

export const commandOrErasure = fc.oneof(
  { weight: 12, arbitrary: command },
  { weight: 1, arbitrary: expiring },
  { weight: 1, arbitrary: erasing },
);
