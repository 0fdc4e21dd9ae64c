import type { MessageVersion } from "#shared/protocol/resources.ts";
import { fromJson } from "../from-json.ts";
import type { EventRow, MessageRow, RoomWrite } from "../store.ts";

/**
 * The rows of the history that went in one request with the newest head, once more, in the head's own row.
 *
 * A request over several partitions is one way to the store in place of two, and promises nothing: a head may be there
 * without the rows that it counts, for a moment or, when a node dies, for longer. So whoever reads takes from the tail
 * what is missing, and the room's next owner writes it again before it goes on. All before the tail is in the tables.
 */
export type Tail = Pick<RoomWrite, "epoch" | "events" | "messages" | "versions">;

const none: Tail = { epoch: 0, events: [], messages: [], versions: [] };

export function tailText({ epoch, events, messages, versions }: RoomWrite): string {
  const changes = versions.length === 0 ? {} : { versions };
  return JSON.stringify({ epoch, events, messages, ...changes });
}

/** Of a head that went after its rows, or whose events have expired, it is empty. */
export function tailOf(column: unknown): Tail {
  return typeof column === "string" && column !== "" ? { ...none, ...fromJson<Partial<Tail>>(column) } : none;
}

/** What is behind the last of these events, which go up to `upTo` where nothing is missing. */
export function eventsBehind(events: readonly EventRow[], after: number, upTo: number, tail: unknown) {
  const last = events.at(-1)?.event.seq ?? after;
  return last >= upTo ? [] : tailOf(tail).events.filter(({ event: { seq } }) => seq > last && seq <= upTo);
}

/** By number. Of a message that was written twice, what it is now. */
export function messagesInTail(column: unknown): MessageRow[] {
  const rows = tailOf(column).messages.map(({ position: _, ...row }) => row);
  return [...new Map(rows.map((row) => [row.message.number, row])).values()];
}

/** What the message of this number said before its changes, by `seq`. */
export function versionsInTail(column: unknown, number: number): MessageVersion[] {
  return tailOf(column).versions.flatMap((row) => (row.number === number ? [row.content] : []));
}
