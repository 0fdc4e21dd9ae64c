import type { MessageUpdate } from "./message.ts";
import type { ChangeFrame } from "./outbox.ts";
import type { MessageReport } from "./room-lookup.ts";

type Report = (roomId: string, messageId: string, report: MessageReport) => Promise<void>;

/**
 * Changes of messages that are there: now or as soon as there is a connection, in order with the sends of the room.
 *
 * All resolve once the change is durable. A refusal by the room after that is the event `message.rejected`.
 */
export class Messages {
  readonly #change: (frame: ChangeFrame) => Promise<void>;
  readonly #report: Report;

  constructor(change: (frame: ChangeFrame) => Promise<void>, report: Report) {
    this.#change = change;
    this.#report = report;
  }

  /** Tells the customer what another says that should not be said. Over REST; the same message again changes nothing. */
  report(roomId: string, messageId: string, report: MessageReport): Promise<void> {
    return this.#report(roomId, messageId, report);
  }

  /** Changes what a message of the user's says. */
  update(roomId: string, messageId: string, { body, custom }: MessageUpdate): Promise<void> {
    const content = custom === undefined ? { body } : { body, custom };
    return this.#change({ type: "message.update", roomId, messageId, ...content });
  }

  /** Takes back what a message says: the user's own, or as an owner of the room anybody's. */
  delete(roomId: string, messageId: string): Promise<void> {
    return this.#change({ type: "message.delete", roomId, messageId });
  }

  /** Pins a message in its room, where the user may; `message.pinned` tells everybody. */
  pin(roomId: string, messageId: string): Promise<void> {
    return this.#change({ type: "message.pin", roomId, messageId });
  }

  unpin(roomId: string, messageId: string): Promise<void> {
    return this.#change({ type: "message.unpin", roomId, messageId });
  }

  /** Reacts with an emoji, or a word of the application's. */
  react(roomId: string, messageId: string, key: string): Promise<void> {
    return this.#change({ type: "reaction.add", roomId, messageId, key });
  }

  /** Takes a reaction back. */
  unreact(roomId: string, messageId: string, key: string): Promise<void> {
    return this.#change({ type: "reaction.remove", roomId, messageId, key });
  }
}
