import type { Label } from "./labels.ts";
import type { Span } from "./phone-numbers.ts";

const platforms: ReadonlySet<string> = new Set(
  `instagram insta ig telegram tg snapchat snap tiktok facebook fb discord skype wechat weixin kik viber signal twitter
  linkedin line whatsapp`.split(/\s+/),
);
/** Words as well: what follows them is a name only where it looks like one. */
const words: ReadonlySet<string> = new Set("signal line discord kik whatsapp".split(" "));
const nameChars = /^[\p{L}\d_.-]$/u;
const nameCharsMin = 2;
const nameCharsMax = 64;
const fillers: ReadonlySet<string> = new Set(
  "is handle name id user username me my account on at as under".split(" "),
);

/**
 * Names on other services: `@name`, and what is given after the name of one.
 *
 * @param isKnown whether a name after an @ is somebody's here, whom the message mentions.
 */
export function handlesIn(
  text: string,
  labels: readonly Label[],
  isKnown: (name: string) => boolean,
): Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    // Inside a name it is none, unless that name is one of these.
    if (at > 0 && nameChars.test(text.charAt(at - 1)) && found.at(-1)?.to !== at) continue;
    const to = nameEnd(text, at + 1);
    if (to - at - 1 >= nameCharsMin && !isKnown(text.slice(at + 1, to))) found.push({ from: at, to });
  }
  for (const [index, label] of labels.entries()) {
    if (platforms.has(label.text)) found.push(...namedAfter(text, labels, index));
  }
  return found.sort((a, b) => a.from - b.from);
}

/** After a service a name is one by what is in it, or by a sign that says so. */
function namedAfter(text: string, labels: readonly Label[], index: number): Span[] {
  for (let next = index + 1; next <= index + 3; next++) {
    const [before, label] = [labels[next - 1], labels[next]];
    if (before === undefined || label === undefined || label.from - before.to > 4) return [];
    if (fillers.has(label.text)) continue;
    const to = nameEnd(text, label.from);
    const name = text.slice(label.from, to);
    const isSaid =
      !words.has(labels[index]?.text ?? "") &&
      /[:=]\s?$/.test(text.slice(before.to, label.from)) &&
      name.length >= 3;
    const looksSo = /[_\d]|[^.]\.[^.]/.test(name) && /\p{L}/u.test(name);
    return isSaid || looksSo ? [{ from: label.from, to }] : [];
  }
  return [];
}

function nameEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && end - from < nameCharsMax && nameChars.test(text.charAt(end))) end++;
  while (end > from && /[.-]/.test(text.charAt(end - 1))) end--;
  return end;
}
