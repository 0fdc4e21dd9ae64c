import { type TLiteral, type TObject, Type } from "typebox";
import { durableEvents, transientEvents } from "./events.ts";
import { strict } from "./resources.ts";

/** Events that tell each receiver its own count, which no other consumer of the event sees. */
const withUnread: ReadonlySet<string> = new Set(["message.created", "receipt.read"]);

const unread = Type.Integer({
  minimum: 0,
  description: "What the receiving user has not read in this room.",
});

/** An event as a socket carries it. */
function overSocket(event: TObject): TObject {
  const type = String((event.properties.type as TLiteral).const);
  return withUnread.has(type)
    ? Type.Object({ ...event.properties, unread }, { ...strict, title: type })
    : event;
}

export const durableSocketEvents: readonly TObject[] = durableEvents.map((event) => overSocket(event));
export const transientSocketEvents: readonly TObject[] = transientEvents.map((event) => overSocket(event));
