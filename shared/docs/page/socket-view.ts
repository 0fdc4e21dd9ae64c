import type { AsyncApiDocument, AsyncApiMessage } from "../asyncapi.ts";
import { referencePrefix } from "../references.ts";
import { socketRules } from "../socket-rules.ts";
import { codeBlock, jsonText } from "./code-block.ts";
import { type Content, type Html, html, prose } from "./html.ts";
import { fieldTable } from "./schema-view.ts";
import { table } from "./table.ts";

const groups = [
  { kind: "client-frame", title: "Frames you send" },
  { kind: "server-frame", title: "Frames you receive" },
  { kind: "durable-event", title: "Events with seq" },
  { kind: "transient-event", title: "Events without seq" },
] as const;

/** The parts of the WebSocket chapter, for it and for the table of contents. */
export function socketGroups(document: AsyncApiDocument) {
  const messages = Object.values(document.components.messages);
  return groups.map(({ kind, title }) => ({
    title,
    id: `ws-${kind}`,
    messages: messages.filter(({ tags }) => tags.some(({ name }) => name === kind)),
  }));
}

export function socketView(document: AsyncApiDocument): Html {
  return html`<section id="websocket">
<h2>WebSocket</h2>
<p class="endpoint"><span class="method ws">WS</span><code>/v1/connect</code></p>
${socketRules.map((rule) => html`<p>${prose(rule)}</p>`)}
${socketGroups(document).map(
  ({ id, title, messages }) =>
    html`<h3 class="group" id="${id}">${title}</h3>${messages.map((message) => messageView(document, message))}`,
)}
<h3 class="group" id="close-codes">Close codes</h3>
${table(
  ["code", "name", "reconnect?", "meaning"],
  document.channels.connect["x-close-codes"].map(({ code, name, reconnect, doc }) => [
    html`<span class="nobreak" id="close-${code}">${code}</span>`,
    name === "-" ? name : html`<code>${name}</code>`,
    reconnect ? "yes" : "no",
    prose(doc),
  ]),
)}
</section>`;
}

function messageView(document: AsyncApiDocument, message: AsyncApiMessage): Html {
  return html`<article class="call" id="ws-${message.name}">
<div class="words">
<h4 class="type"><a href="#ws-${message.name}"><code>${message.name}</code></a></h4>
<p>${prose(message.summary)}</p>
${fields(document, message)}
</div>
<div class="samples">${message.examples.map(({ payload }) => codeBlock(message.name, jsonText(payload)))}</div>
</article>`;
}

function fields(document: AsyncApiDocument, { payload }: AsyncApiMessage): Content {
  const schema =
    payload.$ref === undefined
      ? payload
      : document.components.schemas[payload.$ref.slice(referencePrefix.length)];
  return schema !== undefined && fieldTable(schema);
}
