import type { Authority } from "#shared/auth/authority.ts";
import type { TenantCaller } from "#shared/auth/caller.ts";
import type { TokenIssuer } from "#shared/auth/token-issuer.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { answer, type RouteContext } from "#shared/http/routes.ts";
import type { Actor, PutRoom, RoomCommand } from "#shared/protocol/commands.ts";
import type { Store } from "#shared/store/store.ts";
import type { BeforeSend } from "../before-send/before-send.ts";
import type { Attachments } from "../media/attachments.ts";
import type { MediaRemoval } from "../media/media-removal.ts";
import type { OpenRooms } from "../open-rooms.ts";
import type { OwnSettings } from "../own-settings.ts";

/** What the routes of ingest work with. */
export interface IngestRoutes extends RouteContext {
  readonly store: Store;
  readonly commands: Commands;
  readonly authority: Authority;
  readonly openRooms: OpenRooms;
  readonly ownSettings: OwnSettings;
  readonly attachments: Attachments;
  /** null: there are no files. */
  readonly mediaRemoval: MediaRemoval | null;
  readonly issuer: TokenIssuer;
  readonly clock: Clock;
  readonly beforeSend: BeforeSend;
}

type Envelope = Pick<RoomCommand, "v" | "tenantId" | "roomId" | "at" | "actor">;

/** What every command to a room begins with. */
export function envelope(context: IngestRoutes, caller: TenantCaller, roomId: string): Envelope {
  return {
    v: 1,
    tenantId: caller.tenantId,
    roomId,
    at: rfc3339(context.clock.nowMs()),
    actor: actorOf(caller),
  };
}

/**
 * The room is there, and a client is in it. Servers may write in any room of their tenant.
 *
 * @throws AppError room_not_found, not_a_member.
 */
export async function assertMayTouch(
  { authority }: IngestRoutes,
  caller: TenantCaller,
  roomId: string,
): Promise<void> {
  if (caller.kind === "client") await authority.membership(caller.tenantId, roomId, caller.userId);
  else await authority.room(caller.tenantId, roomId);
}

/** The answer of a write that is durable and not known to be applied. */
export const applying = answer(202, { accepted: true as const });

export function actorOf({ kind, userId }: TenantCaller): Actor {
  return { kind, userId };
}

/** Applies a command that may let users into a room, with what they want for themselves. */
export function letIn<T>(
  { ownSettings, commands }: IngestRoutes,
  place: { readonly tenantId: string; readonly roomId: string },
  userIds: readonly string[],
  apply: (settings: Pick<PutRoom, "settings">) => Promise<T>,
): Promise<T> {
  return ownSettings.letIn(
    place,
    userIds,
    (settings) => apply(Object.keys(settings).length === 0 ? {} : { settings }),
    (changes) => commands.append(changes),
  );
}
