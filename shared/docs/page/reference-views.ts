import { kinds } from "#shared/config/kinds.ts";
import { optionList } from "#shared/config/options.ts";
import { errorCatalogue, errorCodes } from "#shared/errors/catalogue.ts";
import { capabilityNames, ruleOf } from "#shared/protocol/capabilities.ts";
import type { JsonSchema } from "../json-schema.ts";
import { limitRows } from "../public-limits.ts";
import { type Html, html, prose } from "./html.ts";
import { schemaView } from "./schema-view.ts";
import { table } from "./table.ts";

/** Named schemas, each where the tables link to it. */
export function schemasView(schemas: Readonly<Record<string, JsonSchema>>): Html {
  return html`<section id="schemas"><h2>Types</h2>${Object.entries(schemas).map(
    ([name, schema]) =>
      html`<article class="schema" id="schema-${name}"><h3><a href="#schema-${name}">${name}</a></h3>${schemaView(schema)}</article>`,
  )}</section>`;
}

/** The table that the product itself asks. */
export function capabilitiesView(): Html {
  const rows = capabilityNames.map((name) => {
    const { doc, group, direct, states } = ruleOf(name);
    return [html`<code>${name}</code>`, prose(doc), listed(group), listed(direct), listed(states)];
  });
  return html`<section id="capabilities"><h2>Who may do what</h2>
<p>By role and by the room's state. Every room that a user reads lists under <code>capabilities</code> what this user may
do in it now, and events after which that is another list carry the new one. A server that acts for no user may do all.</p>
${table(["capability", "meaning", "in a group", "in a direct room", "while the room is"], rows)}</section>`;
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? "nobody" : words.join(", ");
}

export function errorsView(): Html {
  const rows = errorCodes.map((code) => {
    const { status, retryable, doc } = errorCatalogue[code];
    return [html`<code id="error-${code}">${code}</code>`, status, retryable ? "yes" : "no", prose(doc)];
  });
  return html`<section id="error-codes"><h2>Error codes</h2>
<p>All there are. <em>Retry</em> says whether the same call may succeed later.</p>
${table(["code", "status", "retry", "meaning"], rows)}</section>`;
}

export function limitsView(): Html {
  const rows = limitRows.map(({ what, value, unit, past }) => [
    prose(what),
    html`<span class="nobreak">${value.toLocaleString("en")}</span> ${unit}`,
    prose(past),
  ]);
  return html`<section id="limits"><h2>Limits</h2>${table(["of", "limit", "past it"], rows)}</section>`;
}

export function settingsView(): Html {
  const rows = optionList.map((option) => [
    html`<code>${option.name}</code>`,
    kinds[option.kind].doc,
    option.default === undefined ? "" : html`<code>${shown(option.default)}</code>`,
    prose(option.doc),
  ]);
  return html`<section id="settings"><h2>Settings</h2>
<p>For those who run the service: environment variables. One that is not listed is an error.</p>
${table(["variable", "value", "default", "meaning"], rows)}</section>`;
}

function shown(value: unknown): string {
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}
