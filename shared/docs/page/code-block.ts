import { type Content, type Html, html } from "./html.ts";

/** A block of code, with a line above it that says what it is. */
export function codeBlock(title: Content, content: Content): Html {
  return html`<figure class="code"><figcaption>${title}</figcaption><pre tabindex="0"><code>${content}</code></pre></figure>`;
}

/** A value as JSON, its keys, texts and other values told apart by colour. */
export function jsonText(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  const parts: Content[] = [];
  let end = 0;
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g)) {
    const [whole, string, colon] = match;
    parts.push(text.slice(end, match.index));
    if (string === undefined) parts.push(html`<span class="v">${whole}</span>`);
    else if (colon === undefined) parts.push(html`<span class="s">${string}</span>`);
    else parts.push(html`<span class="k">${string}</span>`, colon);
    end = match.index + whole.length;
  }
  return html`${parts}${text.slice(end)}`;
}
