import { isUtf8 } from "node:buffer";
import type { Static } from "typebox";
import type { DeadLetterRecord, DeadLetterReplayed } from "#shared/protocol/dead-letters.ts";
import type { DeadLetterResource } from "#shared/protocol/operations/dead-letters.ts";

export type DeadLetter = Static<typeof DeadLetterResource>;

export interface WholeLetter {
  readonly letter: DeadLetter;
  /** Base64. */
  readonly value: string | null;
  /** The value where it is UTF-8. */
  readonly text: string | null;
}

interface Shelved {
  letter: DeadLetter;
  /** Where the newest of its records is in the topic. */
  readonly place: number;
  readonly parts: (string | null)[];
}

/** The letters that one reading of the topic is after: the newest so many, or a single one with its value. */
export class LetterShelf {
  readonly #before: number;
  readonly #count: number;
  readonly #only: string | null;
  /** In the order in which they came. */
  readonly #letters = new Map<string, Shelved>();

  constructor(wanted: { before?: number | undefined; count?: number; only?: string }) {
    this.#before = wanted.before ?? Number.POSITIVE_INFINITY;
    this.#count = wanted.count ?? 1;
    this.#only = wanted.only ?? null;
  }

  put(place: number, record: DeadLetterRecord): void {
    if (place >= this.#before || (this.#only !== null && record.id !== this.#only)) return;
    const known = this.#letters.get(record.id);
    const parts = known?.parts ?? [];
    if (this.#only !== null) parts[record.part] = record.value;
    this.#letters.delete(record.id);
    const letter = letterOf(record, known?.letter.replayedAt ?? null);
    this.#letters.set(record.id, { letter, place, parts });
    const [oldest] = this.#letters.keys();
    if (this.#letters.size > this.#count && oldest !== undefined) this.#letters.delete(oldest);
  }

  replayed({ id, at }: DeadLetterReplayed): void {
    const known = this.#letters.get(id);
    if (known !== undefined) known.letter = { ...known.letter, replayedAt: at };
  }

  newestFirst(): { letter: DeadLetter; place: number }[] {
    return [...this.#letters.values()].reverse();
  }

  /** null where it, or a part of its value, is not there. */
  whole(id: string): WholeLetter | null {
    const known = this.#letters.get(id);
    if (known === undefined) return null;
    const { letter, parts } = known;
    if (parts[0] === null) return { letter, value: null, text: null };
    const value = parts.join("");
    const bytes = Buffer.from(value, "base64");
    if (bytes.length !== letter.bytes) return null;
    return { letter, value, text: isUtf8(bytes) ? bytes.toString() : null };
  }
}

function letterOf(record: DeadLetterRecord, replayedAt: string | null): DeadLetter {
  const { v: _, type: __, id, part: ___, parts: ____, value: _____, ...fields } = record;
  return { deadLetterId: id, ...fields, replayedAt };
}
