import { limits } from "#shared/limits.ts";
import { type ContactKind, contactKinds } from "#shared/protocol/contact-kind.ts";
import type { MaskingRules } from "#shared/protocol/masking.ts";
import { maskText } from "./digit-runs.ts";
import { type Found, findContacts, type Search } from "./find-contacts.ts";
import type { Span } from "./phone-numbers.ts";
import { type PlainText, plainText } from "./plain-text.ts";
import { goesOn, headDigits, type OpenDigits, openAfter, tailDigits } from "./split-numbers.ts";

export type { OpenDigits };

type Custom = Readonly<Record<string, unknown>>;

/** What of an attachment people read. */
interface ShownAttachment {
  readonly type: string;
  readonly title?: string | undefined;
  readonly fileName?: string | undefined;
  readonly url?: string | undefined;
  readonly custom?: Custom | undefined;
}

/** What of a message people read. */
export interface ShownContent<A extends ShownAttachment> {
  readonly body: string | null;
  readonly attachments: readonly A[];
  readonly custom: Custom | null;
}

export interface Screened<A extends ShownAttachment> {
  /** The same without what was found. */
  readonly content: ShownContent<A>;
  readonly kinds: readonly ContactKind[];
  /** What was found, as it was written, for the server alone. */
  readonly found: readonly FoundText[];
  /** The digits that the sender's next message may go on with. */
  readonly open: OpenDigits | null;
}

export interface FoundText {
  readonly kind: ContactKind;
  readonly text: string;
}

interface Place {
  readonly number: number;
  readonly mentions: readonly string[];
  /** The digits that were open before the message, and of an edit those after it. */
  readonly before: OpenDigits | null;
  readonly after: OpenDigits | null;
}

type SearchRules = Readonly<Pick<MaskingRules, "find" | "allowedHosts" | "customFields">>;

const looksMax = 5;
const excerptCharsMax = 200;

/**
 * Looks for ways to reach each other elsewhere in what a message shows. Pure, in time linear in its text, and of what
 * it gives it finds nothing any more.
 */
export function screenMessage<A extends ShownAttachment>(
  content: ShownContent<A>,
  rules: SearchRules,
  place: Place,
): Screened<A> {
  const kinds = new Set<ContactKind>();
  const texts: FoundText[] = [];
  const names = new Set(place.mentions.map((userId) => userId.toLowerCase()));
  const search = (plain: PlainText) =>
    findContacts(plain, {
      kinds: rules.find,
      allowedHosts: rules.allowedHosts ?? [],
      isKnownName: (name) => names.has(name),
    });
  const keep = (text: string, plain: PlainText, found: readonly Found[]) => {
    for (const one of found) {
      kinds.add(one.kind);
      if (texts.length === limits.reportFoundMax) continue;
      const said = text.slice(...rangeOf(one, plain, text)).slice(0, excerptCharsMax);
      texts.push({ kind: one.kind, text: said });
    }
  };
  const screen = (text: string): string => {
    const plain = plainText(text);
    const { found } = search(plain);
    keep(text, plain, found);
    return settled(masked(text, plain, found), found, search);
  };
  const screenCustom = <C extends Custom | null | undefined>(custom: C): C => {
    if (custom === null || custom === undefined) return custom;
    const changes = (rules.customFields ?? []).flatMap((field) => {
      const value = Object.hasOwn(custom, field) ? custom[field] : undefined;
      return typeof value === "string" ? [[field, screen(value)] as const] : [];
    });
    return { ...custom, ...Object.fromEntries(changes) };
  };

  const body = screenBody(content.body, search, keep, place);
  const attachments = content.attachments.map((attachment) => {
    const { url, title, fileName, custom, ...rest } = attachment;
    const isShown = url !== undefined && screen(url) === url;
    return {
      ...rest,
      type: screen(attachment.type),
      ...(isShown ? { url } : {}),
      ...(title === undefined ? {} : { title: screen(title) }),
      ...(fileName === undefined ? {} : { fileName: screen(fileName) }),
      ...(custom === undefined ? {} : { custom: screenCustom(custom) }),
    } as unknown as A;
  });
  return {
    content: { body: body.text, attachments, custom: screenCustom(content.custom) },
    kinds: contactKinds.filter((kind) => kinds.has(kind)),
    found: texts,
    open: body.open,
  };
}

/** What stands alone: no message is before or after it. */
export const alone: Place = { number: 0, mentions: [], before: null, after: null };

/** A text that stands alone, such as the name of a file, without what is found in it. */
export function screenText(text: string, rules: SearchRules): string {
  return screenMessage({ body: text, attachments: [], custom: null }, rules, alone).content.body ?? text;
}

function screenBody(
  text: string | null,
  search: (plain: PlainText) => Search,
  keep: (text: string, plain: PlainText, found: readonly Found[]) => void,
  { number, before: open, after }: Place,
): { readonly text: string | null; readonly open: OpenDigits | null } {
  if (text === null || text === "") return { text, open };
  const plain = plainText(text);
  const { found, tokens, candidates } = search(plain);
  const looked = { tokens, candidates, masked: [...found, ...masksIn(plain.text)] };
  const head = headDigits(looked);
  const isSplit = open !== null && head !== null && goesOn(open, head, number);
  const tail = tailDigits(looked);
  const isBegun = after !== null && tail !== null && goesOn({ number, ...tail }, after, after.number);
  const all: Found[] = isSplit ? [...found, { kind: "phone", ...head.span }] : [...found];
  if (isBegun && !(isSplit && head.span.from === tail.span.from)) all.push({ kind: "phone", ...tail.span });
  all.sort((a, b) => a.from - b.from);
  keep(text, plain, all);
  const isHead = tail !== null && tail.span.from === head?.span.from;
  const isSilent = tail === null && candidates.length === 0 && found.length === 0;
  let next = isSilent ? open : null;
  // Of what was seen of a number the rest may be tried again.
  if (isSplit && isHead) next = { ...open, number };
  else if (tail !== null) next = openAfter(open, tail, isHead, number);
  return { text: settled(masked(text, plain, all), all, search), open: next };
}

/**
 * What was found is gone, and what stood beside it may be read otherwise now: it is looked at until nothing is found,
 * which the second look says but of texts that were made for it.
 */
function settled(text: string, found: readonly Found[], search: (plain: PlainText) => Search): string {
  let left = text;
  let last = found;
  for (let looks = 0; last.length > 0 && looks < looksMax; looks++) {
    const plain = plainText(left);
    last = search(plain).found;
    left = masked(left, plain, last);
  }
  return left;
}

/** Where something was taken out before. */
function masksIn(text: string): Span[] {
  const at = text.indexOf(maskText);
  return at < 0 ? [] : [{ from: at, to: at + maskText.length }];
}

/** A text without what was found in it. */
function masked(text: string, plain: PlainText, found: readonly Found[]): string {
  let result = "";
  let at = 0;
  for (const one of found) {
    const [from, to] = rangeOf(one, plain, text);
    result += text.slice(at, from) + maskText;
    at = to;
  }
  return at === 0 ? text : result + text.slice(at);
}

/** In UTF-16 units of the text, with what does not show right behind it. */
function rangeOf({ from, to }: Found, { starts }: PlainText, text: string): [from: number, to: number] {
  return [starts[from] ?? text.length, starts[to] ?? text.length];
}
