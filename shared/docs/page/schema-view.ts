import type { JsonSchema } from "../json-schema.ts";
import { referencePrefix } from "../references.ts";
import { type Content, type Html, html, prose } from "./html.ts";
import { table } from "./table.ts";

/** The type of a value in a few words; named ones are links to where they are described. */
export function typeText(schema: JsonSchema): Content {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(referencePrefix.length);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined) {
    return joined(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      " | ",
    );
  }
  if (schema.anyOf !== undefined) return joined(schema.anyOf.map(typeText), " | ");
  if (schema.type === "array") return ["array of ", typeText(schema.items ?? {})];
  if (schema.patternProperties !== undefined) {
    return ["object of ", joined(Object.values(schema.patternProperties).map(typeText), " | "), " by key"];
  }
  return schema.type ?? "any value";
}

/** What a value of this type must keep to, besides its type. */
export function boundsText(schema: JsonSchema): string {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = schema;
  const bounds = [
    range(minLength, maxLength, "code points"),
    range(minItems, maxItems, "items"),
    range(schema.minProperties, schema.maxProperties, "entries"),
    // That a count is not negative goes without saying.
    !(minimum === 0 && maximum === undefined) && range(minimum, maximum, ""),
    schema.pattern !== undefined && `\`${schema.pattern}\``,
  ].filter((bound): bound is string => typeof bound === "string");
  const alternatives = (schema.anyOf ?? []).map(boundsText).filter((text) => text !== "");
  return [...bounds, ...alternatives].join("; ");
}

/** The fields of an object, those of objects inside it under their path. */
export function fieldTable(schema: JsonSchema): Html {
  return table(["field", "type", "meaning"], fieldRows(schema, ""));
}

/** Anything in full: an object's fields, or one sentence for the rest. */
export function schemaView(schema: JsonSchema): Html {
  if (schema.properties !== undefined && Object.keys(schema.properties).length > 0) return fieldTable(schema);
  return html`<p>${typeText(schema)}${meaning(schema) && [". ", meaning(schema)]}</p>`;
}

function fieldRows(schema: JsonSchema, prefix: string): Content[][] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const inner = innerObject(field);
    const row: Content[] = [
      html`<code>${path}</code>${!required.has(name) && html` <small>optional</small>`}`,
      typeText(field),
      meaning(field),
    ];
    return [row, ...(inner === null ? [] : fieldRows(inner.schema, `${path}${inner.suffix}.`))];
  });
}

/** The object inside a field that has no name of its own, and how its fields are reached. */
function innerObject(field: JsonSchema): { schema: JsonSchema; suffix: string } | null {
  if (field.properties !== undefined) return { schema: field, suffix: "" };
  if (field.items?.properties !== undefined) return { schema: field.items, suffix: "[]" };
  const valued = Object.values(field.patternProperties ?? {}).find(
    ({ properties }) => properties !== undefined,
  );
  return valued === undefined ? null : { schema: valued, suffix: ".*" };
}

function meaning(schema: JsonSchema): Content {
  const described =
    schema.description ?? schema.anyOf?.find((one) => one.description !== undefined)?.description;
  const bounds = boundsText(schema);
  return [
    described !== undefined && prose(described),
    described !== undefined && bounds !== "" && " ",
    bounds !== "" && html`<span class="bounds">${prose(bounds)}</span>`,
  ];
}

function range(min: number | undefined, max: number | undefined, unit: string): string | false {
  if (min === undefined && max === undefined) return false;
  const of = unit === "" ? "" : ` ${unit}`;
  if (max === undefined) return `at least ${grouped(min ?? 0)}${of}`;
  if (min === undefined) return `at most ${grouped(max)}${of}`;
  return `${grouped(min)} to ${grouped(max)}${of}`;
}

const grouped = (value: number): string => value.toLocaleString("en");

function joined(contents: readonly Content[], separator: string): Content[] {
  return contents.flatMap((content, i) => (i === 0 ? [content] : [separator, content]));
}
