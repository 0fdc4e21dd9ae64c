import type { ConnectionState } from "./connection.ts";
import type { Ending } from "./ending.ts";
import type { ConnectedFrame, DurableEvent, RoomGapFrame, TransientEvent } from "./wire.ts";

/** What the server tells. `room.gap`: too much was missed of a room, read its history again. */
export type ServerEvent = DurableEvent | TransientEvent | RoomGapFrame;

/** What the client tells of itself. */
export type ClientEvent =
  | { readonly type: "state"; readonly state: ConnectionState }
  /** Each handshake, the first and those after a reconnect. */
  | ConnectedFrame
  /** The client has stopped and will not come back by itself. */
  | { readonly type: "disconnected"; readonly reason: Ending }
  /** `client.rooms` changed without an event of the server. */
  | { readonly type: "rooms" };

/** Event by type; `*` is every event of the server. */
export type ClientEvents = {
  readonly [Event in ServerEvent | ClientEvent as Event["type"]]: Event;
} & { readonly "*": ServerEvent };
