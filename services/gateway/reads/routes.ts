import type { FastifyInstance } from "fastify";
import type { TenantCaller } from "#shared/auth/caller.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Room, ShownMember } from "#shared/protocol/resources.ts";
import { isHiddenFrom, isShown, shownHead, shownMember } from "#shared/store/shown.ts";
import type { Store } from "#shared/store/store.ts";
import { hiddenEvent, saidBy } from "../session/hidden.ts";
import { enterRoom } from "./access.ts";
import { exportRoom } from "./export.ts";
import { afterCursor, closedCursorOf, closedPlaceOf, cursorOf } from "./list-cursor.ts";
import { readShownMembers, withProfiles } from "./members.ts";
import { registerMessageReads } from "./message-routes.ts";
import { quotedBy, readToldEvents, withoutQuote } from "./quotes.ts";
import { compareActivity, readClosedRooms, readOpenRooms, roomSummary } from "./room-summary.ts";
import { exportUser } from "./user-export.ts";
import { withVisibleLast } from "./visible-messages.ts";

/** The calls that only read. */
export function registerReads(app: FastifyInstance, store: Store, route: RouteContext): void {
  registerOperation(app, operations.getUser, {
    ...route,
    handle: async ({ params }, caller) => {
      if (caller.userId !== null && caller.userId !== params.userId) {
        throw new AppError("forbidden", "A user reads no profile but its own.");
      }
      const user = await store.getUser(caller.tenantId, params.userId);
      if (user === null) throw new AppError("user_not_found");
      return ok(user);
    },
  });
  registerOperation(app, operations.exportUser, {
    ...route,
    handle: async ({ params }, { tenantId }) => ok(exportUser(store, { tenantId, userId: params.userId })),
  });
  registerOperation(app, operations.getRoom, {
    ...route,
    handle: async ({ params }, caller) => ok(await readRoom(store, caller, params.roomId)),
  });
  registerOperation(app, operations.listRooms, {
    ...route,
    handle: async ({ query }, caller) => {
      const limit = query.limit ?? limits.pageItemsDefault;
      if (query.state === "closed") {
        const reader = { tenantId: caller.tenantId, userId: caller.userId as string };
        const page = await readClosedRooms(store, reader, { after: closedPlaceOf(query.cursor), limit });
        return ok({ items: page.items.map(roomSummary), next: closedCursorOf(page.next) });
      }
      const rooms = await readOpenRooms(store, caller.tenantId, caller.userId as string);
      const rest = afterCursor(rooms, query.cursor, ({ head }, last) => compareActivity(head, last) < 0);
      const page = rest.slice(0, limit);
      const last = rest.length > limit ? page.at(-1)?.head : undefined;
      return ok({ items: page.map(roomSummary), next: cursorOf(last) });
    },
  });
  registerOperation(app, operations.listMembers, {
    ...route,
    handle: async ({ params, query }, caller) => {
      const limit = query.limit ?? limits.pageItemsDefault;
      const after = query.cursor === undefined ? {} : { after: query.cursor };
      const [, rows] = await Promise.all([
        enterRoom(store, caller, params.roomId),
        readShownMembers(store, caller, params.roomId, { ...after, limit: limit + 1 }),
      ]);
      const items = await withProfiles(store, caller.tenantId, rows.slice(0, limit));
      return ok({ items, next: rows.length > limit ? (items.at(-1)?.userId ?? null) : null });
    },
  });
  registerOperation(app, operations.getMember, {
    ...route,
    handle: async ({ params }, caller) => {
      const [, row] = await Promise.all([
        enterRoom(store, caller, params.roomId),
        store.readMember(caller.tenantId, params.roomId, params.userId),
      ]);
      if (row === null || !isShown(row, caller.userId)) throw new AppError("member_not_found");
      const [member] = await withProfiles(store, caller.tenantId, [row]);
      return ok(member as ShownMember);
    },
  });
  registerMessageReads(app, store, route);
  registerOperation(app, operations.exportRoom, {
    ...route,
    handle: async ({ params }, { tenantId }) => {
      const { head } = await enterRoom(store, { tenantId, userId: null }, params.roomId);
      return ok(exportRoom(store, tenantId, head));
    },
  });
  registerOperation(app, operations.listEvents, {
    ...route,
    handle: async ({ params, query }, caller) => {
      const limit = query.limit ?? limits.pageItemsDefault;
      const [{ head, member }, rows] = await Promise.all([
        enterRoom(store, caller, params.roomId),
        readToldEvents(
          store,
          { tenantId: caller.tenantId, roomId: params.roomId },
          { afterSeq: query.after ?? 0, limit },
        ),
      ]);
      const last = rows.at(-1)?.event.seq;
      const next = last !== undefined && last < head.seq ? String(last) : null;
      const items = rows.map(({ event }) => {
        if (isHiddenFrom(member, saidBy(event))) return hiddenEvent(event);
        return isHiddenFrom(member, quotedBy(event)) ? withoutQuote(event) : event;
      });
      return ok({ items, next });
    },
  });
}

const ok = <T>(body: T) => ({ status: 200, body }) as const;

async function readRoom(store: Store, caller: TenantCaller, roomId: string): Promise<Room> {
  const [{ head, member }, members] = await Promise.all([
    enterRoom(store, caller, roomId),
    readShownMembers(store, caller, roomId, { limit: limits.roomResourceMembersMax }),
  ]);
  return {
    ...shownHead(await withVisibleLast(store, caller.tenantId, head, member)),
    members: members.map(({ userId, role }) => ({ userId, role })),
    ...(member === null ? {} : shownMember(head, member)),
  };
}
