import type { MessageCreated } from "#shared/protocol/events.ts";
import type { History, Subscriber } from "./history.ts";

export interface LiveMessage {
  readonly subscriber: Subscriber;
  readonly event: MessageCreated;
  readonly atMs: number;
}

/** Every message that any client was sent, as often as it was. */
export function* liveMessages({ subscribers }: Pick<History, "subscribers">): Generator<LiveMessage> {
  for (const subscriber of subscribers) {
    for (const { seen } of subscriber.sessions) {
      for (const { frame, atMs } of seen) {
        if (frame.type === "message.created") yield { subscriber, event: frame, atMs };
      }
    }
  }
}
