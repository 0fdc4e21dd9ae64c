import type { AsyncApiDocument } from "./asyncapi.ts";
import { conventions } from "./conventions.ts";
import type { OpenApiDocument } from "./openapi.ts";
import { codeBlock } from "./page/code-block.ts";
import { anchorOf, contents } from "./page/contents.ts";
import { Html, html, prose } from "./page/html.ts";
import { operationsOf, operationView } from "./page/operation-view.ts";
import { pageStyle } from "./page/page-style.ts";
import {
  capabilitiesView,
  errorsView,
  limitsView,
  schemasView,
  settingsView,
} from "./page/reference-views.ts";
import { socketView } from "./page/socket-view.ts";
import { table } from "./page/table.ts";
import { webhooksView } from "./page/webhooks-view.ts";

const tokenRequest = `const { token } = await fetch(\`\${API_URL}/v1/auth/token\`, {
  method: "POST",
  headers: { "x-api-key": process.env.SENDSAR_API_KEY },
  body: JSON.stringify({ userId: user.id, displayName: user.name }),
}).then((r) => r.json());

// Client connects with short-lived JWT
await client.connect(token);`;

/** The contract for people: one page, written from the same documents that programs read. */
export function docsPage(openApi: OpenApiDocument, asyncApi: AsyncApiDocument): string {
  const { schemas } = openApi.components;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${openApi.info.title} API</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<header><strong>${openApi.info.title}</strong><span>API reference, protocol ${openApi.info.version}</span></header>
<input class="menu" type="checkbox" id="menu"><label class="menu-label" for="menu">Contents</label>
<div class="frame">
<aside class="side">${contents(openApi, asyncApi)}</aside>
<main>
<h1>Chat for platforms that already exist</h1>
<p class="lead">${openApi.info.summary}</p>
${start(openApi)}
${calls(openApi)}
${socketView(asyncApi)}
${webhooksView(openApi, new Set(Object.values(asyncApi.components.messages).map(({ name }) => name)))}
${schemasView({ ...schemas, ...withoutMessages(asyncApi) })}
${capabilitiesView()}
${errorsView()}
${limitsView()}
${settingsView()}
</main>
</div>
</body>
</html>
`.text;
}

function start(openApi: OpenApiDocument): Html {
  const schemes = Object.values(openApi.components.securitySchemes).map((scheme) => [
    html`<code>${scheme.type === "http" ? "authorization: Bearer …" : scheme.name}</code>`,
    prose(scheme.description),
  ]);
  const [steps, ...rest] = conventions.map(
    ({ title, text, table: rules }) =>
      html`<h2 id="${anchorOf(title)}">${title}</h2>${text.map((paragraph) => html`<p>${prose(paragraph)}</p>`)}${rules === undefined ? "" : rulesTable(rules)}`,
  );
  return html`<section class="start">${steps}
${codeBlock("On your server, then in the client", tokenRequest)}
<h2 id="credentials">Who calls</h2>${table(["header", "meaning"], schemes)}
${rest}</section>`;
}

function rulesTable([head = [], ...rows]: readonly (readonly string[])[]): Html {
  return table(
    head,
    rows.map((cells) => cells.map(prose)),
  );
}

function calls(openApi: OpenApiDocument): Html[] {
  const placed = operationsOf(openApi);
  return openApi.tags.map(
    ({ name, description }) => html`<section id="${anchorOf(name)}"><h2>${name}</h2><p>${description}</p>
${placed.filter(({ operation }) => operation.tags.includes(name)).map((one) => operationView(one, openApi.components.schemas))}</section>`,
  );
}

/** Types that only the socket has; its frames and events are shown in full where they are described. */
function withoutMessages({ components }: AsyncApiDocument): AsyncApiDocument["components"]["schemas"] {
  return Object.fromEntries(
    Object.entries(components.schemas).filter(([, { title }]) => title === undefined),
  );
}
