import type { ContactKind } from "#shared/protocol/contact-kind.ts";
import { addressesIn } from "./addresses.ts";
import { maskText } from "./digit-runs.ts";
import { handlesIn } from "./handles.ts";
import { atWords, dotWords, labelsOf } from "./labels.ts";
import { type Candidate, candidatesIn, phonesIn, type Span } from "./phone-numbers.ts";
import type { PlainText } from "./plain-text.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** A part of a plain text by which people can be reached elsewhere. */
export interface Found extends Span {
  readonly kind: ContactKind;
}

export interface SearchOptions {
  readonly kinds: readonly ContactKind[];
  /** Names on the net, links to which and to whose parts may stay. */
  readonly allowedHosts: readonly string[];
  /** Names after an @ that are somebody's here. */
  readonly isKnownName: (name: string) => boolean;
}

export interface Search {
  readonly found: readonly Found[];
  readonly tokens: readonly Token[];
  /** Digits that are in none of what was found, as they may go on in the next message. */
  readonly candidates: readonly Candidate[];
}

/** In time linear in the text, whatever it is. */
export function findContacts({ text }: PlainText, options: SearchOptions): Search {
  const tokens = tokensOf(text);
  const labels = labelsOf(tokens);
  const addresses = /[.@/]/.test(text) || mayBeSaid(tokens) ? addressesIn(text, labels) : [];
  const found: Found[] = [];
  const wants = (kind: ContactKind) => options.kinds.includes(kind);
  for (const { kind, from, to, host, isContact } of addresses) {
    if (kind === "link" && isAllowed(host, options.allowedHosts)) continue;
    if (wants(kind)) found.push({ kind, from, to });
    else if (isContact && wants("phone")) found.push({ kind: "phone", from, to });
  }
  if (wants("handle")) {
    const handles = handlesIn(text, labels, options.isKnownName);
    found.push(
      ...handles
        .filter((span) => !isOver(span, addresses))
        .map((span) => ({ kind: "handle" as const, ...span })),
    );
  }
  if (!wants("phone")) return { found: inOrder(found), tokens, candidates: [] };
  const candidates: Candidate[] = [];
  for (const candidate of candidatesIn(without(tokens, inOrder([...addresses, ...found])))) {
    const phones = phonesIn(candidate);
    found.push(...phones.map((span) => ({ kind: "phone" as const, ...span })));
    if (phones.length === 0) candidates.push(candidate);
  }
  return { found: inOrder(found), tokens, candidates };
}

/** Words by which an address may be told without its signs. */
const spokenSigns: ReadonlySet<string> = new Set([...dotWords, ...atWords]);

function mayBeSaid(tokens: readonly Token[]): boolean {
  return tokens.some(({ kind, text }) => kind === "word" && spokenSigns.has(text));
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((name) => host === name || host.endsWith(`.${name}`));
}

/** What is in an address is no number: in its place is what a mask leaves, so that a second look sees the same. */
function without(tokens: readonly Token[], spans: readonly Span[]): Token[] {
  if (spans.length === 0) return [...tokens];
  const left: Token[] = [];
  let next = 0;
  for (const token of tokens) {
    while ((spans[next]?.to ?? Number.POSITIVE_INFINITY) <= token.from) next++;
    const span = spans[next];
    if (span === undefined || token.to <= span.from) left.push(token);
    else if (left.at(-1)?.from !== span.from) {
      left.push({ kind: "sign", text: maskText, from: span.from, to: span.to });
    }
  }
  return left;
}

function isOver(span: Span, others: readonly Span[]): boolean {
  return others.some((other) => span.from < other.to && other.from < span.to);
}

/** In the order of the text, and where two are of the same part the first. */
function inOrder<T extends Span>(spans: readonly T[]): T[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from || b.to - a.to);
  let end = 0;
  return sorted.filter(({ from, to }) => {
    if (from < end) return false;
    end = to;
    return true;
  });
}
