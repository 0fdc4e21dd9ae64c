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
  fc.record({ at, userId: user, by: user }).map(
    ({ at, userId, by }): RoomCommand => ({
      ...base,
      type: "member.remove",
      at,
      actor: { kind: "client", userId: by },
      userId,
    }),
  ),
  {
    weight: 5,
    arbitrary: fc
      .record({
        at,
        userId: user,
        clientId: fc.integer({ min: 1, max: 30 }).map(String),
        silent: fc.boolean(),
        system: fc.boolean(),
      })
      .map(({ at, userId, clientId, silent, system }): RoomCommand => {
        const senderId = system ? null : userId;
        return {
          ...base,
          type: "message.create",
          at,
          actor: system ? server : { kind: "client", userId },
          messageId: messageIdFor({ tenantId, roomId, senderId, clientId }),
          clientId,
          kind: system ? "system" : "text",
          body: `says ${clientId}`,
          attachments: [],
          mentions: [],
          replyToId: null,
          custom: null,
          silent,
        };
      }),
  },
  fc.record({ at, userId: user, number: fc.nat({ max: 40 }) }).map(
    ({ at, userId, number }): RoomCommand => ({
      ...base,
      type: "room.read",
      at,
      actor: { kind: "client", userId },
      userId,
      number,
    }),
  ),
);
