/** A stretch of plain text of one kind. `sign` is a single character that is neither letter nor digit. */
export interface Token {
  readonly kind: "word" | "digits" | "sign";
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const letter = /\p{L}/u;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  let kind = kindAt(text, 0);
  for (let at = 1; at <= text.length; at++) {
    const next = at === text.length ? null : kindAt(text, at);
    if (next === kind && kind !== "sign") continue;
    tokens.push({ kind, text: text.slice(from, at), from, to: at });
    from = at;
    if (next !== null) kind = next;
  }
  return text === "" ? [] : tokens;
}

function kindAt(text: string, at: number): Token["kind"] {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return "digits";
  if (code >= 0x61 && code <= 0x7a) return "word";
  if (code < 0x80) return "sign";
  return letter.test(text.charAt(at)) ? "word" : "sign";
}
