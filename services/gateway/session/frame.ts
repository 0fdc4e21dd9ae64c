import type { DurableEvent, RoomTransientEvent } from "#shared/protocol/events.ts";

/**
 * An event on its way to many sockets: written out once, whatever their number. Only a message's `unread`, and what a
 * receiver may do, differ between receivers, and few values occur, so the whole frame is kept per value.
 */
export class EventFrame {
  readonly event: DurableEvent | RoomTransientEvent;
  /** The room's `countable` with this event, from which each receiver's `unread` follows. */
  readonly countable: number;
  /** By what was added. */
  readonly #own = new Map<unknown, Buffer>();
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
    return this.#own.get(unread) ?? this.#with(unread, "unread");
  }

  /** @param capabilities of a standing, of which there are few. */
  withCapabilities(capabilities: readonly string[]): Buffer {
    return this.#own.get(capabilities) ?? this.#with(capabilities, "capabilities");
  }

  #with(value: unknown, field: string): Buffer {
    const head = this.plain();
    // The event is an object with fields, so what its closing brace is replaced by is one more field.
    const frame = Buffer.concat([head.subarray(0, -1), Buffer.from(`,"${field}":${JSON.stringify(value)}}`)]);
    this.#own.set(value, frame);
    return frame;
  }
}
