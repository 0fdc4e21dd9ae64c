import type { History, Violation } from "./history.ts";
import { roomKey } from "./keys.ts";

/** I1: no acked message is lost. What was acked is in the history, as it was sent, or was until it was too old. */
export function* checkAckedMessages({ sends, rooms }: History): Generator<Violation> {
  const messages = new Map(
    rooms.map((room) => {
      const all = [...(room.gone?.messages ?? []), ...room.messages];
      return [roomKey(room), new Map(all.map((message) => [message.id, message]))];
    }),
  );
  for (const send of sends) {
    if (send.outcome.type !== "ok") continue;
    const { messageId } = send.outcome;
    const what = `${messageId} (${send.clientId} of ${send.senderId} in ${send.roomId})`;
    const kept = messages.get(roomKey(send))?.get(messageId);
    if (kept === undefined) {
      yield { invariant: "I1", message: `${what} was acked and is not in the history` };
    } else if (
      kept.body !== send.body ||
      kept.clientId !== send.clientId ||
      kept.senderId !== send.senderId
    ) {
      yield { invariant: "I1", message: `${what} was acked and is another message in the history` };
    }
  }
}
