import { STATUS_CODES } from "node:http";
import type { OpenApiDocument } from "../openapi.ts";
import type { OpenApiOperation } from "../openapi-operation.ts";
import { referencePrefix } from "../references.ts";
import { codeBlock, jsonText } from "./code-block.ts";
import { type Content, type Html, html, prose } from "./html.ts";
import { boundsText, fieldTable, schemaView, typeText } from "./schema-view.ts";
import { table } from "./table.ts";

/** One call of the API as it stands in the OpenAPI document. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}

type Schemas = OpenApiDocument["components"]["schemas"];

export function operationsOf(document: OpenApiDocument): PlacedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

export function operationView(placed: PlacedOperation, schemas: Schemas): Html {
  const { method, path, operation } = placed;
  return html`<article class="call" id="${operation.operationId}">
<div class="words">
<h3><a href="#${operation.operationId}">${methodLabel(method)}<span class="path">${breakable(path)}</span></a></h3>
<p>${prose(operation.summary)}</p>
<p class="who">${callers(operation)}</p>
${parameters(operation)}
${body(operation, schemas)}
<h4>Answers</h4>
${answers(operation)}
${errors(operation)}
</div>
<div class="samples">${samples(placed)}</div>
</article>`;
}

export function methodLabel(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function callers({ security }: OpenApiOperation): Content {
  if (security.length === 0) return "Called by anybody.";
  const schemes = new Set(security.flatMap((one) => Object.keys(one)));
  if (schemes.has("adminKey")) return prose("Called by the operator, with `x-admin-key`.");
  const needsUser = security.every((one) => !("apiKey" in one) || "actingUser" in one);
  const server = needsUser
    ? "your server with `x-api-key` and `x-user-id`"
    : "your server with `x-api-key` (and `x-user-id` to act for a user)";
  return prose(
    schemes.has("sessionToken") ? `Called by a client with its token, or ${server}.` : `Called by ${server}.`,
  );
}

function parameters({ parameters = [] }: OpenApiOperation): Content {
  if (parameters.length === 0) return null;
  const rows = parameters.map(({ name, in: where, required, schema, description }) => [
    html`<code>${name}</code>${!required && html` <small>optional</small>`}`,
    [where, ", ", typeText(schema)],
    [description !== undefined && prose(description), " ", bounds(boundsText(schema))],
  ]);
  return html`<h4>Parameters</h4>${table(["name", "in, type", "meaning"], rows)}`;
}

const bounds = (text: string): Content => text !== "" && html`<span class="bounds">${prose(text)}</span>`;

function body({ requestBody }: OpenApiOperation, schemas: Schemas): Content {
  if (requestBody === undefined) return null;
  const { schema } = requestBody.content["application/json"];
  const inFull = schema.$ref === undefined ? schema : schemas[schema.$ref.slice(referencePrefix.length)];
  return html`<h4>Body</h4>${inFull !== undefined && fieldTable(inFull)}`;
}

function answers({ responses }: OpenApiOperation): Content {
  return Object.entries(responses)
    .filter(([, { "x-error-codes": codes }]) => codes === undefined)
    .map(([status, { description, content }]) => {
      const lines = content?.["application/x-ndjson"]?.["x-line-schema"];
      const schema = lines ?? content?.["application/json"]?.schema;
      const named = schema?.$ref !== undefined && [" ", typeText(schema)];
      return html`<div class="answer"><p><span class="status ok">${status}</span> ${prose(description)}${named}</p>
${schema !== undefined && schema.$ref === undefined && schemaView(schema)}</div>`;
    });
}

function errors({ responses }: OpenApiOperation): Html {
  const rows = Object.entries(responses).flatMap(([status, { "x-error-codes": codes }]) =>
    codes === undefined
      ? []
      : [
          html`<li><span class="status">${status}</span> ${codes.map((code) => html`<a href="#error-${code}"><code>${code}</code></a> `)}</li>`,
        ],
  );
  return html`<details class="errors"><summary>Errors</summary><ul>${rows}</ul></details>`;
}

function samples({ method, path, operation }: PlacedOperation): Content {
  const request = operation.requestBody?.content["application/json"].example;
  const [status, answer] = bestAnswer(operation);
  const value = answer.content?.["application/json"]?.example;
  const line = [html`<span class="k">${method}</span> `, filled(path, operation)];
  return [
    codeBlock("Request", [
      line,
      "\n",
      credential(operation),
      request !== undefined && ["\n\n", jsonText(request)],
    ]),
    codeBlock(`${status} ${STATUS_CODES[status] ?? ""}`, value === undefined ? "(no body)" : jsonText(value)),
  ];
}

/** What the first call of its kind is answered with: 201 where something is made. */
function bestAnswer({ responses }: OpenApiOperation) {
  const good = Object.entries(responses).filter(([, one]) => one["x-error-codes"] === undefined);
  const best =
    ["201", "200", "204"].flatMap((status) => good.filter(([own]) => own === status))[0] ?? good[0];
  if (best === undefined) throw new Error("A call has no answer that is not an error.");
  return best;
}

function filled(path: string, { parameters = [] }: OpenApiOperation): string {
  return parameters.reduce(
    (filling, { name, example }) => filling.replace(`{${name}}`, encodeURIComponent(String(example))),
    path,
  );
}

function credential({ security }: OpenApiOperation): string {
  const schemes = Object.keys(security[0] ?? {});
  if (schemes.includes("sessionToken")) return "authorization: Bearer eyJhbGciOiJFZERTQSJ9…";
  if (schemes.includes("apiKey")) return "x-api-key: sk_…";
  return schemes.includes("adminKey") ? "x-admin-key: …" : "";
}

/** A long path may go on in the next line after a slash. */
function breakable(path: string): Content {
  return path.split("/").flatMap((part, i) => (i === 0 ? [part] : ["/", html`<wbr>`, part]));
}
