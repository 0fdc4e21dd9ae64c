import type { History, Violation } from "./history.ts";
import { sendKey } from "./keys.ts";
import { liveMessages } from "./live-messages.ts";

/** I3: one message per (room, sender, clientId), in the history, in what was live, and in the answers to repeats. */
export function* checkRepeatedMessages(history: History): Generator<Violation> {
  const ids = new Map<string, string>();
  const rows = new Set<string>();
  const isOther = (key: string, id: string): boolean => {
    const known = ids.get(key);
    if (known === undefined) ids.set(key, id);
    return known !== undefined && known !== id;
  };

  for (const { tenantId, messages } of history.rooms) {
    for (const { id, roomId, senderId, clientId } of messages) {
      const key = sendKey({ tenantId, roomId, senderId, clientId });
      const row = `${tenantId}\n${roomId}\n${id}`;
      if (rows.has(row)) yield { invariant: "I3", message: `${id} is twice in the history of ${roomId}` };
      rows.add(row);
      if (clientId !== null && isOther(key, id)) {
        yield { invariant: "I3", message: `${clientId} of ${senderId} is two messages in ${roomId}` };
      }
    }
  }
  for (const { event } of liveMessages(history)) {
    if (event.clientId !== null && isOther(sendKey(event), event.messageId)) {
      const { clientId, senderId, roomId, messageId } = event;
      yield {
        invariant: "I3",
        message: `${clientId} of ${senderId} in ${roomId} was also live as ${messageId}`,
      };
    }
  }
  for (const send of history.sends) {
    if (send.outcome.type === "ok" && isOther(sendKey(send), send.outcome.messageId)) {
      const { clientId, roomId, outcome } = send;
      yield { invariant: "I3", message: `${clientId} in ${roomId} was also acked as ${outcome.messageId}` };
    }
  }
}
