import { digitsIn, joiningWords, repeatWords, zeroLetters } from "./number-words.ts";
import type { Token } from "./tokens.ts";

/** Digits that stand together, in figures or words. */
export interface Group {
  readonly digits: string;
  /** What is between it and the group before. */
  readonly gap: string;
  readonly isSpelled: boolean;
  readonly from: number;
  readonly to: number;
}

/** Groups of digits with nothing between them but signs. */
export interface DigitRun {
  readonly groups: readonly Group[];
  /** Place of its first and last token among all. */
  readonly first: number;
  readonly last: number;
}

/** More signs than this between two digits, and they are not of one number. */
const gapCharsMax = 6;
/** What stands in place of what was found. Nothing reaches over it, so a masked text stays as it is. */
export const maskText = "•••";

export function digitRuns(tokens: readonly Token[]): DigitRun[] {
  const runs: DigitRun[] = [];
  let groups: Group[] = [];
  let first = 0;
  let last = 0;
  let gap = "";
  const end = () => {
    if (groups.length > 0) runs.push({ groups, first, last });
    groups = [];
    gap = "";
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.kind === "sign") {
      gap += token.text;
      if (gap.length > gapCharsMax || gap.endsWith(maskText)) end();
      continue;
    }
    const said = digitsAt(tokens, at, groups.length > 0);
    if (said === null) {
      if (groups.length > 0 && joiningWords.has(token.text) && isApart(tokens, at)) gap = "-";
      else end();
      continue;
    }
    const to = tokens[said.last]?.to ?? token.to;
    if (groups.length === 0) first = at;
    groups.push({
      digits: said.digits,
      gap: groups.length === 0 ? "" : gap,
      isSpelled: token.kind === "word",
      from: token.from,
      to,
    });
    gap = "";
    at = said.last;
    last = at;
  }
  end();
  return runs;
}

/** The digits that a token says, with those after it that belong to the same word or letter. */
function digitsAt(
  tokens: readonly Token[],
  at: number,
  isInside: boolean,
): { readonly digits: string; readonly last: number } | null {
  const token = tokens[at];
  if (token === undefined) return null;
  if (token.kind === "digits") return withLetters(tokens, at);
  const repeat = repeatWords.get(token.text);
  if (repeat !== undefined) {
    const next = wordAfter(tokens, at);
    const unit = next === null ? null : unitOf(tokens[next]);
    return next === null || unit === null ? null : { digits: unit.repeat(repeat), last: next };
  }
  if (isInside && token.text === "l" && tokens[at + 1]?.kind === "digits") {
    const { digits, last } = withLetters(tokens, at + 1);
    return { digits: `1${digits}`, last };
  }
  if (token.text === "o" && tokens[at - 1]?.kind !== "digits" && tokens[at + 1]?.kind === "digits") {
    const { digits, last } = withLetters(tokens, at + 1);
    return { digits: `0${digits}`, last };
  }
  if (zeroLetters.has(token.text)) {
    const next = wordAfter(tokens, at);
    const isBeside = isInside || (next !== null && unitOf(tokens[next]) !== null);
    return isBeside && isApart(tokens, at) ? { digits: "0", last: at } : null;
  }
  // A word beside a figure is a code or a unit.
  const said = isApart(tokens, at) ? digitsIn(token.text) : null;
  if (said === null) return null;
  if (!said.openTens) return { digits: said.digits, last: at };
  const next = wordAfter(tokens, at);
  const unit = next === null ? null : unitOf(tokens[next]);
  return next !== null && unit !== null && unit !== "0" && tokens[next]?.kind === "word"
    ? { digits: `${said.digits}${unit}`, last: next }
    : { digits: `${said.digits}0`, last: at };
}

/** Figures among which letters stand that look like one: `O612 l23`. */
function withLetters(tokens: readonly Token[], at: number): { digits: string; last: number } {
  let digits = tokens[at]?.text ?? "";
  let last = at;
  for (;;) {
    const [letters, figures] = [tokens[last + 1], tokens[last + 2]];
    const looks = letters?.kind === "word" ? lookAlike(letters.text) : null;
    if (looks === null || figures?.kind !== "digits") return { digits, last };
    digits += looks + figures.text;
    last += 2;
  }
}

function lookAlike(letters: string): string | null {
  if (letters.length > 2) return null;
  let digits = "";
  for (const letter of letters) {
    if (letter === "o" || letter === "о") digits += "0";
    else if (letter === "l" || letter === "i") digits += "1";
    else return null;
  }
  return digits;
}

function unitOf(token: Token | undefined): string | null {
  if (token === undefined || token.kind === "sign") return null;
  if (token.kind === "digits") return token.text.length === 1 ? token.text : null;
  if (zeroLetters.has(token.text)) return "0";
  const said = digitsIn(token.text);
  return said === null || said.openTens || said.digits.length !== 1 ? null : said.digits;
}

/** The next token that is no space or hyphen. */
function wordAfter(tokens: readonly Token[], at: number): number | null {
  const next = tokens[at + 1];
  if (next?.kind !== "sign" || !" -".includes(next.text)) return null;
  return tokens[at + 2]?.kind === "sign" ? null : at + 2;
}

function isApart(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.kind !== "digits" && tokens[at + 1]?.kind !== "digits";
}
