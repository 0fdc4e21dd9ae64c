import type { Token } from "./tokens.ts";

/** Letters and digits without a space: a word, or a part of an address. */
export interface Label {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** How two labels are joined to one name. */
export type Joint = "dot" | "spaced" | "said";

export const dotWords: ReadonlySet<string> = new Set(["dot", "punkt", "punto", "ponto", "точка", "点"]);
export const atWords: ReadonlySet<string> = new Set(["at", "arroba", "собака"]);
const dotSign = /^\s?[([{<]?\s?\.\s?[)\]}>]?\s?$/;
const atSign = /^\s?[([{<]?\s?@\s?[)\]}>]?\s?$/;
const bracketBefore = /^\s?[([{<]\s?$/;
const bracketAfter = /^\s?[)\]}>]\s?$/;
const gapCharsMax = 6;

export function labelsOf(tokens: readonly Token[]): Label[] {
  const labels: { text: string; from: number; to: number }[] = [];
  for (const { kind, text, from, to } of tokens) {
    const last = labels.at(-1);
    const isInside = kind !== "sign" || text === "-" || text === "_";
    if (!isInside) continue;
    if (last?.to === from) {
      last.text += text;
      last.to = to;
    } else labels.push({ text, from, to });
  }
  return labels;
}

/** How a label is joined to one further on, and which that is. */
export function dotAfter(
  text: string,
  labels: readonly Label[],
  at: number,
): { joint: Joint; next: number } | null {
  const [label, next, third] = [labels[at], labels[at + 1], labels[at + 2]];
  if (label === undefined || next === undefined) return null;
  const gap = gapOf(text, label, next);
  if (gap === ".") return { joint: "dot", next: at + 1 };
  // A full stop has a space after it, and none before.
  if (gap !== null && gap !== ". " && dotSign.test(gap)) return { joint: "spaced", next: at + 1 };
  if (third === undefined || !dotWords.has(next.text) || !isSaid(gap, gapOf(text, next, third))) return null;
  return { joint: "said", next: at + 2 };
}

/** The label before an "at" that stands before this one. */
export function atBefore(
  text: string,
  labels: readonly Label[],
  at: number,
): { readonly how: "sign" | "bracket" | "word"; readonly local: number } | null {
  const [first, before, label] = [labels[at - 2], labels[at - 1], labels[at]];
  if (before === undefined || label === undefined) return null;
  const gap = gapOf(text, before, label);
  if (gap === null) return null;
  if (atSign.test(gap)) return { how: "sign", local: at - 1 };
  if (first === undefined || !atWords.has(before.text)) return null;
  const gapBefore = gapOf(text, first, before);
  if (!isSaid(gapBefore, gap)) return null;
  const isBracketed = gapBefore !== null && bracketBefore.test(gapBefore);
  return { how: isBracketed ? "bracket" : "word", local: at - 2 };
}

/** Spaces on both sides, or brackets. */
function isSaid(before: string | null, after: string | null): boolean {
  if (before === null || after === null) return false;
  if (before.trim() === "" && after.trim() === "") return before !== "" && after !== "";
  return bracketBefore.test(before) && bracketAfter.test(after);
}

/** What is between two labels; null where that is too much. */
function gapOf(text: string, before: Label, after: Label): string | null {
  return after.from - before.to > gapCharsMax ? null : text.slice(before.to, after.from);
}
