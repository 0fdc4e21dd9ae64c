import { type Candidate, digitsOf, phoneDigitsMax, type Span } from "./phone-numbers.ts";
import type { Token } from "./tokens.ts";

/**
 * The digits with which a sender's newest messages ended, as a number may go on in the next. Kept with the member's
 * row, so that whoever owns the room next knows them as well.
 */
export interface OpenDigits {
  /** Of the message in which the newest of them are. */
  readonly number: number;
  /** At most `phoneDigitsMax`. */
  readonly digits: string;
  /** By what stood around them they are of a phone number: a plus, a zero first, words that say so, digits as words. */
  readonly isLikely: boolean;
  /** The message had nothing but them. */
  readonly isBare: boolean;
}

type Digits = Omit<OpenDigits, "number">;
/** Digits at an end of a message. */
interface Edge extends Digits {
  readonly span: Span;
}

/** Messages later, at most, the next digits of a number are looked for. */
const messagesMax = 4;
/** Letters that may stand between digits and the end of the message that they are at. */
const lettersMax = 16;
const spelledMin = 3;

/** A message that was looked at. */
interface Looked {
  readonly tokens: readonly Token[];
  /** Digits that are of none that was found. */
  readonly candidates: readonly Candidate[];
  /** Where something was found, or had been before. */
  readonly masked: readonly Span[];
}

/** The digits that a message begins with. */
export function headDigits(looked: Looked): Edge | null {
  const [first] = looked.candidates;
  const from = first?.groups[0]?.from ?? 0;
  if (first === undefined || lettersIn(looked.tokens, 0, from) > lettersMax) return null;
  return looked.masked.some((span) => span.from < from) ? null : edgeOf(looked, first);
}

/** The digits that it ends with. */
export function tailDigits(looked: Looked): Edge | null {
  const last = looked.candidates.at(-1);
  const to = last?.groups.at(-1)?.to ?? 0;
  if (last === undefined || lettersIn(looked.tokens, to, Number.POSITIVE_INFINITY) > lettersMax) return null;
  return edgeOf(looked, last);
}

function edgeOf({ tokens, masked }: Looked, { groups, context }: Candidate): Edge | null {
  const digits = digitsOf(groups);
  if (digits.length > phoneDigitsMax || context.isAmount || context.isGlued || context.said === "reference") {
    return null;
  }
  const [from, to] = [groups[0]?.from ?? 0, groups.at(-1)?.to ?? 0];
  const spelled = groups.filter((group) => group.isSpelled).length;
  const around = lettersIn(tokens, 0, from) + lettersIn(tokens, to, Number.POSITIVE_INFINITY);
  const isDialled = context.hasPlus || /^0\d/.test(digits);
  return {
    digits,
    isBare: masked.length === 0 && around === 0,
    isLikely: isDialled || context.said === "call" || spelled >= spelledMin,
    span: { from, to },
  };
}

function lettersIn(tokens: readonly Token[], from: number, to: number): number {
  let letters = 0;
  for (const token of tokens) {
    if (token.from >= from && token.to <= to && token.kind === "word") letters += token.text.length;
  }
  return letters;
}

/** Whether digits go on with those of an earlier message to make a number. */
export function goesOn(open: OpenDigits, head: Digits, number: number): boolean {
  if (!mayGoOn(open, head, number)) return false;
  const { length } = open.digits + head.digits;
  if (length < 7 || length > phoneDigitsMax) return false;
  if (open.isLikely) return length >= 8 || head.isLikely || head.isBare;
  if (head.isLikely) return open.isBare && length >= 8;
  return number - open.number === 1 && open.isBare && head.isBare && length >= 9;
}

/** What is open after a message of which these are the last digits, and whether they are the first as well. */
export function openAfter(
  open: OpenDigits | null,
  tail: Edge,
  isHead: boolean,
  number: number,
): OpenDigits | null {
  const { digits, isBare, isLikely } = tail;
  if (open === null || !isHead || !mayGoOn(open, tail, number)) return { number, digits, isBare, isLikely };
  const all = open.digits + digits;
  if (all.length > phoneDigitsMax) return { number, digits, isBare, isLikely };
  return { number, digits: all, isBare: isBare && open.isBare, isLikely: isLikely || open.isLikely };
}

function mayGoOn(open: OpenDigits, next: Digits, number: number): boolean {
  const after = number - open.number;
  if (after < 1 || after > messagesMax) return false;
  return open.isLikely || next.isLikely || (open.isBare && !isHaggling(open.digits, next.digits));
}

/** 1250, 1200, 1180: a price, more likely than a number. */
function isHaggling(before: string, digits: string): boolean {
  const [a, b] = [Number(before), Number(digits)];
  return before.length <= 6 && Math.abs(a - b) <= Math.max(a, b) / 2;
}
