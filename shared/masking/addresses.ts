import { contactHosts, domainEndings, mailHosts, notNames, wordEndings } from "./domains.ts";
import { atBefore, dotAfter, type Joint, type Label } from "./labels.ts";
import type { Span } from "./phone-numbers.ts";

export interface Address extends Span {
  readonly kind: "email" | "link";
  /** The name of the machine, as in `example.com`. */
  readonly host: string;
  /** It leads to somebody's phone or account. */
  readonly isContact: boolean;
}

interface Name {
  readonly host: string;
  readonly first: number;
  readonly last: number;
  readonly joints: readonly Joint[];
}

const schemes: ReadonlySet<string> = new Set(["http", "https", "hxxp", "hxxps", "ftp"]);
const labelsMax = 12;

/** E-mail addresses and links, in the order of the text, none over another. */
export function addressesIn(text: string, labels: readonly Label[]): Address[] {
  const found: Address[] = [];
  for (let at = 0; at < labels.length; at++) {
    const name = nameAt(text, labels, at);
    const email = emailAt(text, labels, at, name);
    if (email !== null) {
      found.push(email);
      at = name?.last ?? at;
      continue;
    }
    if (name !== null && atBefore(text, labels, name.last + 1)?.how === "sign") {
      // What comes next is whose machine it is: this is the name before the @.
      at = name.last;
      continue;
    }
    const scheme = schemeBefore(text, labels, at);
    if (scheme !== null || (name !== null && isLink(text, labels, name))) {
      const last = name?.last ?? at;
      const to = pathEnd(text, labels[last]?.to ?? 0);
      const host = name?.host ?? labels[at]?.text ?? "";
      const from = scheme ?? labels[at]?.from ?? 0;
      found.push({ kind: "link", from, to, host, isContact: contactHosts.has(host) });
      at = lastWithin(labels, last, to);
    }
  }
  return found;
}

/** The longest name from here on whose ending is one that there is. */
function nameAt(text: string, labels: readonly Label[], at: number): Name | null {
  const joints: Joint[] = [];
  const parts = [labels[at]?.text ?? ""];
  let name: Name | null = null;
  for (let last = at; joints.length < labelsMax; ) {
    const joined = dotAfter(text, labels, last);
    const next = joined === null ? undefined : labels[joined.next];
    if (joined === null || next === undefined) break;
    joints.push(joined.joint);
    parts.push(next.text);
    last = joined.next;
    if (domainEndings.has(next.text)) name = { host: parts.join("."), first: at, last, joints: [...joints] };
  }
  return name;
}

function emailAt(text: string, labels: readonly Label[], at: number, name: Name | null): Address | null {
  const before = atBefore(text, labels, at);
  const label = labels[at];
  if (before === null || label === undefined) return null;
  const local = labels[before.local];
  if (local === undefined) return null;
  if (name === null && !mailHosts.has(label.text)) return null;
  // "look at example.com" says where; "john at example dot com" says whose.
  if (before.how === "word" && notNames.has(local.text)) return null;
  const last = name?.last ?? at;
  const from = localStart(text, local.from);
  return { kind: "email", from, to: labels[last]?.to ?? 0, host: name?.host ?? label.text, isContact: false };
}

const localChar = /[\p{L}\d._%+-]/u;
const localCharsMax = 64;

function localStart(text: string, from: number): number {
  let start = from;
  while (start > 0 && from - start < localCharsMax && localChar.test(text.charAt(start - 1))) start--;
  return start;
}

/** Whether a name is meant as one, and is no two sentences without a space between them. */
function isLink(text: string, labels: readonly Label[], name: Name | null): boolean {
  if (name === null) return false;
  const { first, last, joints } = name;
  const [begin, end] = [labels[first], labels[last]];
  if (begin === undefined || end === undefined || text.charAt(begin.from - 1) === "@") return false;
  if (begin.text === "www") return true;
  const after = text.charAt(end.to);
  if (after === "/" || (after === ":" && /\d/.test(text.charAt(end.to + 1)))) return true;
  const second = labels[last - 1]?.text ?? "";
  if (!/\p{L}/u.test(begin.text) || notNames.has(begin.text)) return false;
  if (joints.some((joint) => joint !== "dot")) return !wordEndings.has(end.text) && begin.text.length >= 2;
  if (!wordEndings.has(end.text)) return begin.text.length >= 2;
  return joints.length > 1 || /[\d-]/.test(second) || /^[\s]*$/.test(text.slice(end.to, end.to + 1));
}

/** Where an address with its scheme begins: `https://` is before the label. */
function schemeBefore(text: string, labels: readonly Label[], at: number): number | null {
  const [before, label] = [labels[at - 1], labels[at]];
  if (before === undefined || label === undefined || !schemes.has(before.text)) return null;
  return /^\s?:\s?\/\/?\s?$/.test(text.slice(before.to, Math.min(label.from, before.to + 6)))
    ? before.from
    : null;
}

const pathChar = /[^\s<>"'`]/;

function pathEnd(text: string, from: number): number {
  if (!/[/:?#]/.test(text.charAt(from))) return from;
  let end = from;
  while (end < text.length && pathChar.test(text.charAt(end))) end++;
  while (end > from && /[.,;:!?)\]}]/.test(text.charAt(end - 1))) end--;
  return end;
}

function lastWithin(labels: readonly Label[], from: number, to: number): number {
  let last = from;
  while ((labels[last + 1]?.from ?? Number.POSITIVE_INFINITY) < to) last++;
  return last;
}
