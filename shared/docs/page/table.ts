import { type Content, type Html, html } from "./html.ts";

/** A table that scrolls by itself where the screen is narrower. */
export function table(head: readonly string[], rows: readonly (readonly Content[])[]): Html {
  return html`<div class="table"><table>
<thead><tr>${head.map((title) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
