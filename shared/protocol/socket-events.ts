import { type TLiteral, type TObject, Type } from "typebox";
import { Capability } from "./capabilities.ts";
import { durableEvents, EventHidden, transientEvents } from "./events.ts";
import { strict } from "./resources.ts";

/** Events that tell each receiver its own count, which no other consumer of the event sees. */
const withUnread: ReadonlySet<string> = new Set([
  "message.created",
  "messages.expired",
  "receipt.read",
  "receipt.unread",
  "room.filtered",
]);

/** After these a receiver may do other things in the room than before: each is told its own. */
export const withCapabilities: ReadonlySet<string> = new Set([
  "room.created",
  "room.frozen",
  "room.closed",
  "room.reopened",
  "member.updated",
]);

const unread = Type.Integer({
  minimum: 0,
  description: "What the receiving user has not read in this room.",
});

const capabilities = Type.Array(Capability, {
  description: "What the receiving user may do in the room from now on.",
});

/** An event as a socket carries it. */
function overSocket(event: TObject): TObject {
  const type = String((event.properties.type as TLiteral).const);
  const own = {
    ...(withUnread.has(type) ? { unread } : {}),
    ...(withCapabilities.has(type) ? { capabilities } : {}),
  };
  return Object.keys(own).length === 0
    ? event
    : Type.Object({ ...event.properties, ...own }, { ...strict, title: type });
}

export const durableSocketEvents: readonly TObject[] = [...durableEvents, EventHidden].map((event) =>
  overSocket(event),
);
export const transientSocketEvents: readonly TObject[] = transientEvents.map((event) => overSocket(event));
