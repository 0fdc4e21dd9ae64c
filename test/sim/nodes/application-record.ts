import type { ResumeState } from "#sdk/js/src/client.ts";
import type { Seen } from "#test/history-checker/history.ts";
import type { SubscriberRecord } from "#test/history-checker/recorder.ts";

/**
 * Takes down what a client hands to its application. A room that was left and is listed again starts anew, so that
 * begins another stretch of listening, in which every other room goes on where it stood.
 */
export class ApplicationRecord {
  readonly #record: SubscriberRecord;
  readonly #userId: string;
  #cursors = new Map<string, number>();
  #left = new Set<string>();

  constructor(record: SubscriberRecord, userId: string) {
    this.#record = record;
    this.#userId = userId;
  }

  started(resume: ResumeState): void {
    this.#cursors = new Map(Object.entries(resume));
    this.#left = new Set();
    this.#record.session(resume);
  }

  listed(rooms: readonly { readonly roomId: string; readonly seq: number }[]): void {
    if (rooms.some(({ roomId }) => this.#left.has(roomId))) this.started(Object.fromEntries(this.#cursors));
    for (const { roomId, seq } of rooms) {
      if (!this.#cursors.has(roomId)) this.#cursors.set(roomId, seq);
    }
    this.#record.listed(rooms);
  }

  saw(frame: Seen["frame"]): void {
    this.#record.saw(frame);
    const isOver =
      frame.type === "room.deleted" || (frame.type === "member.removed" && frame.userId === this.#userId);
    if (isOver) {
      this.#left.add(frame.roomId);
      this.#cursors.delete(frame.roomId);
    } else {
      this.#left.delete(frame.roomId);
      this.#cursors.set(frame.roomId, frame.type === "room.gap" ? frame.toSeq : frame.seq);
    }
  }
}
