import type { TSchema } from "typebox";

/** The part of JSON Schema that the protocol is written in, as it appears in the documents. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly title?: string;
  readonly description?: string;
}

/** The schema as documents carry it: what typebox keeps beside the JSON is left behind. */
export function jsonOf(schema: TSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/** The same schema with each schema directly inside it replaced. */
export function mapInner(schema: JsonSchema, replace: (inner: JsonSchema) => JsonSchema): JsonSchema {
  const mapAll = (record: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(record).map(([name, inner]) => [name, replace(inner)]));
  return {
    ...schema,
    ...(schema.anyOf && { anyOf: schema.anyOf.map(replace) }),
    ...(schema.items && { items: replace(schema.items) }),
    ...(schema.properties && { properties: mapAll(schema.properties) }),
    ...(schema.patternProperties && { patternProperties: mapAll(schema.patternProperties) }),
  };
}
