import { type Static, Type } from "typebox";
import { UserId } from "./ids.ts";
import { nullable, strict, Time } from "./resources.ts";

export const AuditId = Type.String({ pattern: "^aud_[0-9a-z]{25}$" });

const AuditActor = Type.Object(
  {
    kind: Type.Enum(["operator", "server", "system"], { description: "system: Sendsar by itself." }),
    keyId: Type.Union([Type.String(), Type.Null()], { description: "Of a server: its API key, by id." }),
    userId: Type.Union([UserId, Type.Null()], { description: "Of a server: for whom it acted." }),
  },
  strict,
);

/** What Sendsar does by itself, beside the calls of others. */
export const disableWebhookEndpoint = "disableWebhookEndpoint";

/** One call by an operator or a server that changes who may do what, or what followed by itself. */
export const AuditEntry = Type.Object(
  {
    auditId: AuditId,
    at: Time,
    actor: AuditActor,
    action: Type.String({
      description: `The call: its operationId in this document. Of the system: ${disableWebhookEndpoint}, with the \`reason\`.`,
    }),
    target: Type.Record(Type.String(), Type.String(), {
      description: "What it is about, by the names of the call's path: roomId, userId, keyId, endpointId.",
    }),
    details: Type.Record(Type.String(), Type.Unknown(), {
      description: "What was asked for, as far as it matters here. Never a secret.",
    }),
    requestId: Type.Union([Type.String(), Type.Null()], { description: "null: of the system." }),
    outcome: Type.Union(
      [
        Type.Object(
          {
            status: Type.Integer({ description: "The call's HTTP status; from 400 on nothing was changed." }),
            code: nullable(Type.String({ description: "Of an error." })),
            made: Type.Record(Type.String(), Type.String(), { description: "Ids of what it made." }),
          },
          strict,
        ),
        Type.Null(),
      ],
      { description: "null: under way, or it is not known how it ended." },
    ),
  },
  strict,
);
export type AuditEntry = Static<typeof AuditEntry>;
