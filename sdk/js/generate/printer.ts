export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly title?: string;
}

export function pascal(title: string): string {
  return title.replace(/(?:^|[._-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Writes schemas as types. Equal ones are one type: a schema may have been copied on its way into another. */
export class Printer {
  readonly #names = new Map<string, string>();

  name(schema: object, name: string): void {
    this.#names.set(JSON.stringify(schema), name);
  }

  type(schema: Schema): string {
    return this.#names.get(JSON.stringify(schema)) ?? this.#spelled(schema);
  }

  #spelled(schema: Schema): string {
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (schema.anyOf) return schema.anyOf.map((each) => this.type(each)).join(" | ");
    switch (schema.type) {
      case "string":
      case "boolean":
      case "null":
        return schema.type;
      case "integer":
      case "number":
        return "number";
      case "array": {
        const item = this.type(schema.items ?? {});
        return item.includes(" ") ? `(${item})[]` : `${item}[]`;
      }
      case "object": {
        if (schema.properties) return this.#fields(schema);
        const values = Object.values(schema.patternProperties ?? {});
        return `Record<string, ${this.type(values[0] ?? {})}>`;
      }
      default:
        return "unknown";
    }
  }

  #fields(schema: Schema): string {
    const required = new Set(schema.required);
    const lines = Object.entries(schema.properties ?? {}).map(([key, field]) => {
      const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
      const doc = field.description ? `/** ${field.description} */\n` : "";
      return `${doc}${name}${required.has(key) ? "" : "?"}: ${this.type(field)};`;
    });
    return `{\n${lines.join("\n")}\n}`;
  }

  interface(name: string, schema: Schema): string {
    const doc = schema.description ? `/** ${schema.description} */\n` : "";
    const text = `${doc}export interface ${name} ${this.#fields(schema)}`;
    this.name(schema, name);
    return text;
  }
}

/** Two texts are the same when they differ in layout only: the formatter has a say in the file's. */
export function withoutLayout(text: string): string {
  return text.replace(/[\s;,|()]+/g, "");
}
