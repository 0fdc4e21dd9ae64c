import type { AsyncApiDocument } from "../asyncapi.ts";
import { conventions } from "../conventions.ts";
import type { OpenApiDocument } from "../openapi.ts";
import { type Content, type Html, html } from "./html.ts";
import { methodLabel, operationsOf } from "./operation-view.ts";
import { socketGroups } from "./socket-view.ts";

/** The anchor of a title. */
export function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** The table of contents. */
export function contents(openApi: OpenApiDocument, asyncApi: AsyncApiDocument): Html {
  const placed = operationsOf(openApi);
  return html`<nav aria-label="Contents">
<h2>Start</h2><ul>${conventions.map(({ title }) => html`<li><a href="#${anchorOf(title)}">${title}</a></li>`)}</ul>
${openApi.tags.map(
  ({ name }) =>
    html`<h2>${name}</h2><ul>${placed
      .filter(({ operation }) => operation.tags.includes(name))
      .map(
        ({ method, path, operation }) =>
          html`<li><a href="#${operation.operationId}" title="${path}">${methodLabel(method)}${shortened(path, name)}</a></li>`,
      )}</ul>`,
)}
<h2>WebSocket</h2><ul><li><a href="#websocket">The session</a></li>${socketGroups(asyncApi).map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
  )}<li><a href="#close-codes">Close codes</a></li></ul>
<h2>Webhooks, further</h2><ul><li><a href="#webhook-events">Sent to your server only</a></li></ul>
<h2>Reference</h2><ul>
<li><a href="#schemas">Types</a></li><li><a href="#capabilities">Who may do what</a></li><li><a href="#error-codes">Error codes</a></li>
<li><a href="#limits">Limits</a></li><li><a href="#settings">Settings</a></li>
<li><a href="/openapi.json">openapi.json</a></li><li><a href="/asyncapi.json">asyncapi.json</a></li>
</ul></nav>`;
}

/** Without what most paths of the group begin with: the column is narrow. It may be broken after a slash. */
function shortened(path: string, group: string): Content {
  const beginning = group === "Rooms" ? /^\/v1\// : /^\/(admin\/v1\/|v1\/rooms\/\{roomId\}\/|v1\/)/;
  const parts = path.replace(beginning, "").split("/");
  return html`<span>${parts.map((part, i) => [i > 0 && ["/", html`<wbr>`], part])}</span>`;
}
