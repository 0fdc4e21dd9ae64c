import { BeforeSendAnswer, BeforeSendCall } from "#shared/protocol/before-send.ts";
import { webhookEvents } from "#shared/protocol/webhooks.ts";
import { exampleOf } from "./examples.ts";
import type { JsonSchema } from "./json-schema.ts";
import { messageSummaries } from "./message-summaries.ts";
import type { References } from "./references.ts";

interface WebhookResponse {
  readonly description: string;
  readonly content?: Content;
}

interface Content {
  readonly "application/json": { readonly schema: JsonSchema; readonly example: unknown };
}

export interface OpenApiWebhook {
  readonly post: {
    readonly summary: string;
    readonly requestBody: {
      readonly required: true;
      readonly content: Content;
    };
    readonly responses: Readonly<Record<string, WebhookResponse>>;
  };
}

/** What customers' servers are sent and asked, by type. */
export function openApiWebhooks(references: References): Record<string, OpenApiWebhook> {
  const events = Object.fromEntries(
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
  return { ...events, [BeforeSendCall.properties.type.const]: beforeSend(references) };
}

/** Its answer is waited for. */
function beforeSend(references: References): OpenApiWebhook {
  const call = { schema: references.refer(BeforeSendCall), example: exampleOf(BeforeSendCall) };
  const example = { action: "rewrite", body: "Driver is 2 min away, at the north gate" };
  const answer = { schema: references.refer(BeforeSendAnswer), example };
  return {
    post: {
      summary:
        "Asked before a user's message or edit is taken, where `PUT /v1/before-send` says so: signed as webhooks are, and answered within its `timeoutMs`.",
      requestBody: { required: true, content: { "application/json": call } },
      responses: {
        "200": {
          description:
            "accept: it is said as it is. refuse: its sender is shown the reason, with `message_refused`. rewrite: it says this instead. Other fields are passed over.",
          content: { "application/json": answer },
        },
        default: { description: "No good answer: `onFailure` of the hook decides." },
      },
    },
  };
}
