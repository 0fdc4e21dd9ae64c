import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";
import type { MessageRow } from "#shared/store/store.ts";

/** About what a message takes in memory beside what it says. */
const rowBytes = 1_000;

/**
 * Messages that the rooms in memory were last about, as these rooms have them: who edits one, reacts or replies to it
 * mostly does so soon after it was said. Of all lanes of a node; past its bound those go that nobody asked for longest,
 * and are read from the store.
 */
export class MessageRows {
  readonly #rows = new LRUCache<string, MessageRow>({
    maxSize: limits.fanoutMessagesBytesMax,
    sizeCalculation: bytesOf,
  });
  #rooms = 0;

  /** Those of a room as it was loaded this once. Loaded again it has none: the store may be ahead of these. */
  ofRoom(): RoomMessageRows {
    this.#rooms++;
    return new RoomMessageRows(this.#rows, String(this.#rooms));
  }
}

export class RoomMessageRows {
  readonly #rows: LRUCache<string, MessageRow>;
  readonly #room: string;

  constructor(rows: LRUCache<string, MessageRow>, room: string) {
    this.#rows = rows;
    this.#room = room;
  }

  get(messageId: string): MessageRow | undefined {
    return this.#rows.get(`${this.#room}/${messageId}`);
  }

  set(row: MessageRow): void {
    this.#rows.set(`${this.#room}/${row.message.id}`, row);
  }

  remove(messageId: string): void {
    this.#rows.delete(`${this.#room}/${messageId}`);
  }
}

/** Two bytes a character. What most messages do not have is looked at where it is there. */
function bytesOf({ message, moreReactions }: MessageRow): number {
  const { body, attachments, mentions, custom, reactions } = message;
  const isPlain =
    attachments.length + mentions.length + Object.keys(reactions).length === 0 &&
    custom === null &&
    moreReactions === null;
  const more = isPlain ? 0 : JSON.stringify([attachments, mentions, custom, reactions, moreReactions]).length;
  return rowBytes + 2 * ((body?.length ?? 0) + more);
}
