import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Custom } from "../../../shared/protocol/custom.ts";
import { Attachment, Member } from "../../../shared/protocol/resources.ts";
import { webhookEvents } from "../../../shared/protocol/webhooks.ts";
import { Printer, pascal, type Schema } from "./printer.ts";

/** Writes `sdk/node/src/events.ts`, what receivers of webhooks are sent, from the server's schemas. */
export const webhookEventsFile = fileURLToPath(new URL("../../node/src/events.ts", import.meta.url));

/** Its text, before formatting. */
export function generateWebhookEvents(): string {
  const printer = new Printer();
  printer.name(Custom, "Record<string, unknown>");
  const parts = ["// Written by sdk/js/generate/main.ts from the server's schemas. Do not edit."];
  for (const [name, schema] of Object.entries({ Attachment, Member })) {
    parts.push(printer.interface(name, schema as Schema));
  }
  const schemas: readonly object[] = webhookEvents;
  const names = schemas.map((schema: Schema) => {
    const name = `${pascal(schema.title ?? "")}Event`;
    parts.push(printer.interface(name, schema));
    return name;
  });
  const doc =
    "What a receiver is sent. Newer servers may send more types: answer 2xx to those you do not know.";
  parts.push(`/** ${doc} */\nexport type WebhookEvent = ${names.join(" | ")};`);
  return `${parts.join("\n\n")}\n`;
}

export function readWebhookEvents(): Promise<string> {
  return readFile(webhookEventsFile, "utf8");
}

export function writeWebhookEvents(): Promise<void> {
  return writeFile(webhookEventsFile, generateWebhookEvents());
}
