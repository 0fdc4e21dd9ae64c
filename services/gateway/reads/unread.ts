import type { FastifyInstance } from "fastify";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import { isMuted, unreadFor } from "#shared/store/shown.ts";
import { type OpenRoom, type OpenRoomsStore, readOpenRooms } from "./room-summary.ts";

/** What a user has not read in all its open rooms that make a noise. */
export function unreadTotalOf(rooms: readonly OpenRoom[]): number {
  return rooms
    .filter(({ member }) => !isMuted(member))
    .reduce((total, { head, member }) => total + unreadFor(head, member), 0);
}

/** For a badge: heads and members of the user's open rooms, and no message. */
export function registerUnread(app: FastifyInstance, store: OpenRoomsStore, route: RouteContext): void {
  registerOperation(app, operations.getUnread, {
    ...route,
    handle: async (_call, { tenantId, userId }) =>
      answer(200, { unreadTotal: unreadTotalOf(await readOpenRooms(store, tenantId, userId)) }),
  });
}
