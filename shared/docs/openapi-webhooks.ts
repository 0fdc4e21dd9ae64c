import { webhookEvents } from "#shared/protocol/webhooks.ts";
import { exampleOf } from "./examples.ts";
import type { JsonSchema } from "./json-schema.ts";
import { messageSummaries } from "./message-summaries.ts";
import type { References } from "./references.ts";

export interface OpenApiWebhook {
  readonly post: {
    readonly summary: string;
    readonly requestBody: {
      readonly required: true;
      readonly content: {
        readonly "application/json": { readonly schema: JsonSchema; readonly example: unknown };
      };
    };
    readonly responses: Readonly<Record<string, { readonly description: string }>>;
  };
}

/** What customers' servers are sent, by type. */
export function openApiWebhooks(references: References): Record<string, OpenApiWebhook> {
  return Object.fromEntries(
    webhookEvents.map((schema) => {
      const type = schema.properties.type.const;
      const content = { schema: references.refer(schema), example: exampleOf(schema) };
      return [
        type,
        {
          post: {
            summary: messageSummaries[type] ?? type,
            requestBody: { required: true, content: { "application/json": content } },
            responses: { "2XX": { description: "It was taken. Anything else: it is sent again." } },
          },
        },
      ];
    }),
  );
}
