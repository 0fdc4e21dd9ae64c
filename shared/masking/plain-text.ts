/** Text as a reader sees it: what does not show is gone, and what looks alike is alike. */
export interface PlainText {
  /** Lower case; one UTF-16 unit for each character, whatever the text has there. */
  readonly text: string;
  /** Where in the text each of them begins and ends, in UTF-16 units. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Stand for a character outside the first plane: one that is a letter, and any other, such as an emoji. */
const otherLetter = "\u02bc";
const otherSign = "\ufffc";
const unseen = /[\p{Cf}\p{M}\u115f\u1160\u3164\uffa0]/u;
const partsMax = 4;
const isLetter = /\p{L}/u;

/** In one pass: full-width and styled characters become plain ones, accents and what has no width go. */
export function plainText(original: string): PlainText {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  for (let start = 0; start < original.length; ) {
    const code = original.codePointAt(start) ?? 0;
    const end = start + (code > 0xffff ? 2 : 1);
    const plain = code < 0x80 ? String.fromCharCode(lower(code)) : folded(code);
    for (let unit = 0; unit < plain.length; unit++) {
      starts.push(start);
      ends.push(end);
    }
    text += plain;
    start = end;
  }
  return { text, starts, ends };
}

function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/** Few characters make up most of what is not ASCII in a conversation. */
const known = new Map<number, string>();
const knownMax = 5_000;

function folded(code: number): string {
  const before = known.get(code);
  if (before !== undefined) return before;
  if (known.size >= knownMax) known.clear();
  const plain = fold(String.fromCodePoint(code));
  known.set(code, plain);
  return plain;
}

function fold(character: string): string {
  const digit = digitOf(character);
  if (digit !== null) return digit;
  let plain = "";
  // A few stand for whole words, which nobody reads as digits or a name.
  for (const part of [...character.normalize("NFKD").toLowerCase()].slice(0, partsMax)) {
    if (unseen.test(part)) continue;
    plain += digitOf(part) ?? (part.length === 1 ? part : isLetter.test(part) ? otherLetter : otherSign);
  }
  return plain;
}

const isDigit = /\p{Nd}/u;

/** Digits of any script are ten in a row, and so are the rows. */
function digitOf(character: string): string | null {
  if (!isDigit.test(character)) return null;
  const code = character.codePointAt(0) ?? 0;
  let first = code;
  while (isDigit.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}
