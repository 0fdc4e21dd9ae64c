import type { History, Violation } from "./history.ts";
import { groupBy } from "./keys.ts";

/**
 * I6: nothing crosses a tenant. What a client is sent, and what the history of a room holds, is of its own tenant. See
 * also `invented-messages.ts`, for a message that says that it is and is not.
 */
export function* checkTenants({ sends, subscribers, rooms }: History): Generator<Violation> {
  for (const { name, tenantId, sessions } of subscribers) {
    for (const { frame } of sessions.flatMap(({ seen }) => seen)) {
      if (frame.type !== "room.gap" && frame.tenantId !== tenantId) {
        yield {
          invariant: "I6",
          message: `${name} of ${tenantId} was sent ${frame.roomId} of ${frame.tenantId}`,
        };
      }
    }
  }
  const owners = groupBy(
    sends.filter(({ outcome }) => outcome.type === "ok"),
    ({ outcome }) => (outcome.type === "ok" ? outcome.messageId : ""),
  );
  for (const { tenantId, roomId, messages } of rooms) {
    for (const { id } of messages) {
      const foreign = owners.get(id)?.find((send) => send.tenantId !== tenantId);
      if (foreign !== undefined) {
        yield { invariant: "I6", message: `${id} of ${foreign.tenantId} is in ${roomId} of ${tenantId}` };
      }
    }
  }
}
