import { type DigitRun, digitRuns, type Group } from "./digit-runs.ts";
import { contextOf, type NumberContext } from "./number-context.ts";
import { plainNumbers } from "./plain-numbers.ts";
import type { Token } from "./tokens.ts";

/** Part of the plain text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A run of digits and what is known of it: of a whole message, or the end of one and the beginning of the next. */
export interface Candidate {
  readonly groups: readonly Group[];
  readonly context: NumberContext;
  readonly run: DigitRun;
}

export const phoneDigitsMax = 15;

/** Digits that may be a phone number, without those of times, dates, amounts and the like. */
export function candidatesIn(tokens: readonly Token[]): Candidate[] {
  return digitRuns(tokens).flatMap((run) => {
    const context = contextOf(tokens, run);
    return plainNumbers(run.groups).map((groups, part) => ({
      groups,
      run,
      // What stands before the run is said of its first part.
      context: part === 0 && groups[0] === run.groups[0] ? context : { ...context, hasPlus: false },
    }));
  });
}

/** The parts of a candidate that are phone numbers. */
export function phonesIn({ groups, context }: Candidate): Span[] {
  if (isPhone(groups, context)) return [spanOf(groups)];
  const pieces = piecesOf(groups);
  const found = pieces.flatMap((piece, index) => {
    const isOwn = { ...context, hasPlus: index === 0 ? context.hasPlus : hasPlus(piece) };
    if (pieces.length > 1 && isPhone(piece, isOwn)) return [spanOf(piece)];
    const long = piece.length > 1 ? piece.filter(({ digits }) => digits.length >= 9) : [];
    return long
      .filter((group) => isPhone([group], { ...isOwn, hasPlus: false }))
      .map((group) => spanOf([group]));
  });
  if (found.length > 0 || digitsOf(groups).length <= phoneDigitsMax) return found;
  // More digits than a number has, in small parts: several in a row, or one among digits that are there to hide it.
  const isHidden = context.hasPlus || digitsOf(groups).startsWith("0") || context.said === "call";
  return isHidden && groups.length > 4 && !context.isGlued ? [spanOf(groups)] : [];
}

/** Where a list goes on, or another number begins. */
function piecesOf(groups: readonly Group[]): Group[][] {
  const pieces: Group[][] = [];
  for (const group of groups) {
    const isNext = pieces.length === 0 || /[,;:!?&=+\n]/.test(group.gap) || /\. /.test(group.gap);
    if (isNext) pieces.push([group]);
    else pieces.at(-1)?.push(group);
  }
  return pieces;
}

function hasPlus([first]: readonly Group[]): boolean {
  return first?.gap.endsWith("+") ?? false;
}

/** Whether people would dial it. Fewer digits have to be said to be a number; more are anything else. */
function isPhone(groups: readonly Group[], context: NumberContext): boolean {
  const digits = digitsOf(groups);
  const { length } = digits;
  if (length < 7 || length > phoneDigitsMax || isRound(digits)) return false;
  const isDialled =
    context.hasPlus || (digits.startsWith("0") && digits[1] !== undefined && !/^0+$/.test(digits));
  const spelled = groups
    .filter((group) => group.isSpelled)
    .reduce((sum, group) => sum + group.digits.length, 0);
  const isLone = groups.length === 1;
  if (context.isGlued && !(isDialled && length >= 9 && !isLone)) return false;
  if (context.isAmount && !isDialled) return false;
  if (isCounting(groups)) return false;
  if (context.hasPlus) return true;
  if (context.said === "call") return true;
  if (spelled >= 5) return true;
  if (isDialled && length >= 9) return context.said !== "reference" || length <= 12;
  if (context.said === "reference") return false;
  if (isLone) return length >= 9 && length <= 12;
  return isGroupedPhone(groups, length, isDialled);
}

function isGroupedPhone(groups: readonly Group[], length: number, isDialled: boolean): boolean {
  const gaps = groups.slice(1).map((group) => group.gap.trim());
  const isListed = gaps.some((gap) => /[,;:&=+]/.test(gap));
  const isSpaced = groups.slice(1).some((group) => /[.,;:!?] /.test(group.gap));
  const isSoft = groups.slice(1).every((group) => /^[\s\-./()_]+$/.test(group.gap));
  const longest = Math.max(...groups.map((group) => group.digits.length));
  if (isListed || isSpaced) return length >= 9 && longest === 1;
  if (!isSoft) return length >= 8 && longest <= 5;
  if (isDialled) return length >= 8;
  const isUniform = new Set(groups.slice(1).map((group) => group.gap)).size === 1;
  if (length === 8) {
    const sizes = groups.map((group) => group.digits.length).join();
    return (sizes === "4,4" && gaps[0] === "") || (sizes === "2,2,2,2" && isUniform);
  }
  return length >= 9 && longest <= 6;
}

/** An amount, such as 1500000000. */
function isRound(digits: string): boolean {
  return /0{5,}$/.test(digits) || /^(\d)\1+$/.test(digits);
}

/** Somebody counts (1 2 3 4) or says amounts (100 - 200 - 300). */
function isCounting(groups: readonly Group[]): boolean {
  if (groups.length < 3) return false;
  const values = groups.map((group) => Number(group.digits));
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  if (values.every((value) => value > 0 && value % 10 === 0)) return true;
  if (groups.length < 4 || Math.abs(step) !== 1) return false;
  return values.every((value, index) => index === 0 || value - (values[index - 1] ?? 0) === step);
}

export function digitsOf(groups: readonly Group[]): string {
  return groups.map((group) => group.digits).join("");
}

function spanOf(groups: readonly Group[]): Span {
  return { from: groups[0]?.from ?? 0, to: groups.at(-1)?.to ?? 0 };
}
