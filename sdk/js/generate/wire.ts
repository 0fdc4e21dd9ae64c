import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { errorCodes } from "../../../shared/errors/catalogue.ts";
import { limits } from "../../../shared/limits.ts";
import { Capability, capabilityNames } from "../../../shared/protocol/capabilities.ts";
import { ErrorBody } from "../../../shared/protocol/error-body.ts";
import { clientFrames, serverFrames } from "../../../shared/protocol/frames.ts";
import { messageContent } from "../../../shared/protocol/requests.ts";
import { Attachment, Custom, Member, Message, RoomSummary } from "../../../shared/protocol/resources.ts";
import { durableSocketEvents, transientSocketEvents } from "../../../shared/protocol/socket-events.ts";

/**
 * Writes `src/wire.ts`, the client's view of the protocol, from the server's schemas: the published package has no
 * schemas in it, and no type is written twice. `wire.test.ts` fails while the file is stale.
 */
const wireFile = fileURLToPath(new URL("../src/wire.ts", import.meta.url));

interface Schema {
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

function pascal(title: string): string {
  return title.replace(/(?:^|[._-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Equal schemas are one type: a schema may have been copied on its way into another. */
class Printer {
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

/** The text of `wire.ts`, before formatting. */
export function generateWire(): string {
  const printer = new Printer();
  const parts = [
    "// Written by generate/main.ts from the server's schemas. Do not edit.",
    `/** The largest frame that the server takes. */\nexport const frameBytesMax = ${limits.frameBytesMax};`,
    `/** Rooms that one resume may name. */\nexport const resumeRoomsMax = ${limits.resumeRoomsMax};`,
    `/** Frames of one socket that the server works on at a time. */\nexport const framesInFlightMax = ${limits.framesInFlightMax};`,
    `/** Every code that the server answers with. */\nexport type ServerErrorCode = ${errorCodes.map((code) => `"${code}"`).join(" | ")};`,
  ];
  parts.push(
    `/** What a user may do in a room. */\nexport type Capability = ${capabilityNames.map((name) => `"${name}"`).join(" | ")};`,
  );
  printer.name(Capability, "Capability");
  printer.name(ErrorBody.properties.code, "ServerErrorCode");
  printer.name(Custom, "Record<string, unknown>");
  const named: Readonly<Record<string, object>> = { ErrorBody, Attachment, Member, Message, RoomSummary };
  for (const [name, schema] of Object.entries(named)) parts.push(printer.interface(name, schema));
  parts.push(
    printer.interface("MessageContent", {
      type: "object",
      properties: messageContent as Readonly<Record<string, Schema>>,
      description: "What a sender may say of a message.",
    }),
  );

  const titled = (schemas: readonly object[], suffix: string): string[] =>
    schemas.map((schema: Schema) => {
      const name = `${pascal(schema.title ?? "")}${suffix}`;
      parts.push(printer.interface(name, schema));
      return name;
    });
  const union = (name: string, doc: string, members: readonly string[]) =>
    parts.push(`/** ${doc} */\nexport type ${name} = ${members.join(" | ")};`);

  union(
    "DurableEvent",
    "Events with a `seq`, dense within their room.",
    titled(durableSocketEvents, "Event"),
  );
  union("TransientEvent", "Events that no resume brings back.", titled(transientSocketEvents, "Event"));
  union("ServerFrame", "What the server says besides events.", titled(serverFrames, "Frame"));
  union("ClientFrame", "What a client may say.", titled(clientFrames, "FromClient"));
  return `${parts.join("\n\n")}\n`;
}

/** Two texts are the same wire when they differ in layout only: the formatter has a say in the file's. */
export function withoutLayout(text: string): string {
  return text.replace(/[\s;,|()]+/g, "");
}

export function readWire(): Promise<string> {
  return readFile(wireFile, "utf8");
}

export function writeWire(): Promise<void> {
  return writeFile(wireFile, generateWire());
}
