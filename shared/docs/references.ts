import type { TSchema } from "typebox";
import { type JsonSchema, jsonOf, mapInner } from "./json-schema.ts";
import { namedSchemas } from "./named-schemas.ts";

export const referencePrefix = "#/components/schemas/";

const nameByText = new Map<string, string>();
for (const [name, schema] of namedSchemas) {
  const text = JSON.stringify(schema);
  if (!nameByText.has(text)) nameByText.set(text, name);
}

/**
 * Writes schemas into a document, by name where they have one, and remembers which names were used: only those
 * go in the document's `components`.
 */
export class References {
  readonly #definitions = new Map<string, JsonSchema>();

  refer(schema: TSchema): JsonSchema {
    return this.#refer(jsonOf(schema));
  }

  /** The named schemas met so far and all that they name, in the protocol's order. */
  definitions(): Record<string, JsonSchema> {
    const order = [...namedSchemas.keys()];
    return Object.fromEntries([...this.#definitions].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
  }

  #refer(schema: JsonSchema): JsonSchema {
    const name = nameByText.get(JSON.stringify(schema));
    if (name === undefined) return mapInner(schema, (inner) => this.#refer(inner));
    if (!this.#definitions.has(name)) {
      // Set before going inside, so that one that names itself ends.
      this.#definitions.set(name, schema);
      this.#definitions.set(
        name,
        mapInner(schema, (inner) => this.#refer(inner)),
      );
    }
    return { $ref: `${referencePrefix}${name}` };
  }
}
