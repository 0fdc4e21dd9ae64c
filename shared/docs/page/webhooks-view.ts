import type { JsonSchema } from "../json-schema.ts";
import type { OpenApiDocument } from "../openapi.ts";
import { referencePrefix } from "../references.ts";
import { codeBlock, jsonText } from "./code-block.ts";
import { type Html, html, prose } from "./html.ts";
import { fieldTable } from "./schema-view.ts";

/** What only webhooks carry; the events of rooms are described with the socket, which has them too. */
export function webhooksView(
  { webhooks, components }: OpenApiDocument,
  described: ReadonlySet<string>,
): Html {
  const only = Object.entries(webhooks).filter(([type]) => !described.has(type));
  return html`<section id="webhook-events"><h2>Sent to your server only</h2>
<p>${prose("An endpoint gets the events with `seq` as they are, and those that follow from them where it names their types: they are in no history and have no `seq`.")}</p>
${only.map(([type, { post }]) => {
  const { schema, example } = post.requestBody.content["application/json"];
  const answer = post.responses["200"];
  const answered = answer?.content?.["application/json"].example;
  return html`<article class="call" id="webhook-${type}">
<div class="words"><h4 class="type"><a href="#webhook-${type}"><code>${type}</code></a></h4>
<p>${prose(post.summary)}</p>
${fieldTable(resolved(schema, components.schemas))}
${answer === undefined ? "" : html`<p>${prose(answer.description)}</p>`}</div>
<div class="samples">${codeBlock(type, jsonText(example))}
${answered === undefined ? "" : codeBlock("200", jsonText(answered))}</div>
</article>`;
})}</section>`;
}

function resolved(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return schema.$ref === undefined ? schema : (schemas[schema.$ref.slice(referencePrefix.length)] ?? schema);
}
