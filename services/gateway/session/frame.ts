import type { DurableEvent, RoomTransientEvent } from "#shared/protocol/events.ts";

/**
 * An event on its way to many sockets: written out once, whatever their number. Only a message's `unread` differs
 * between receivers, and few values occur, so the whole frame is kept per value.
 */
export class EventFrame {
  readonly event: DurableEvent | RoomTransientEvent;
  /** The room's `countable` with this event, from which each receiver's `unread` follows. */
  readonly countable: number;
  readonly #byUnread = new Map<number, Buffer>();
  #plain: Buffer | null = null;

  constructor(event: DurableEvent | RoomTransientEvent, countable: number) {
    this.event = event;
    this.countable = countable;
  }

  plain(): Buffer {
    this.#plain ??= Buffer.from(JSON.stringify(this.event));
    return this.#plain;
  }

  withUnread(unread: number): Buffer {
    const known = this.#byUnread.get(unread);
    if (known !== undefined) return known;
    const head = this.plain();
    // The event is an object with fields, so what its closing brace is replaced by is one more field.
    const frame = Buffer.concat([head.subarray(0, -1), Buffer.from(`,"unread":${unread}}`)]);
    this.#byUnread.set(unread, frame);
    return frame;
  }
}
