import type { TSchema } from "typebox";
import { type ErrorCode, errorCatalogue } from "#shared/errors/catalogue.ts";
import { ErrorResponse } from "#shared/protocol/error-body.ts";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import { exampleOf } from "./examples.ts";
import type { JsonSchema } from "./json-schema.ts";
import { byStatus, errorsOf } from "./operation-errors.ts";
import type { References } from "./references.ts";

interface Reference {
  readonly $ref: string;
}

interface OpenApiContent {
  readonly schema: JsonSchema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, Reference>>;
  /** What each line of NDJSON is. */
  readonly "x-line-schema"?: JsonSchema;
}

export interface OpenApiResponse {
  readonly description: string;
  readonly headers: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Partial<Record<"application/json" | "application/x-ndjson", OpenApiContent>>>;
  /** The codes of the catalogue that come with this status. */
  readonly "x-error-codes"?: readonly ErrorCode[];
}

const meanings: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Made.",
  202: "Durable, and applied shortly: it was not within the time a call waits.",
  204: "Done; no body.",
  302: "To the file, by its signed URL.",
};

/** Headers of answers, by the name that answers refer to. */
export const responseHeaders = {
  "x-request-id": {
    description: "Finds this call in our logs; yours, where you sent one.",
    schema: { type: "string" },
  },
  "retry-after": { description: "Seconds to wait before the next try.", schema: { type: "integer" } },
  "ratelimit-limit": { description: "Calls that one window allows.", schema: { type: "integer" } },
  "ratelimit-remaining": { description: "Calls left in this window.", schema: { type: "integer" } },
  "ratelimit-reset": { description: "Seconds until the window ends.", schema: { type: "integer" } },
  location: { description: "Where it is.", schema: { type: "string" } },
  "www-authenticate": { description: "`Bearer`.", schema: { type: "string" } },
} as const;

const quota = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] as const;
const isCounted = ({ auth }: Operation) => auth !== "none" && auth !== "operator";

/** Every answer that the call can give, errors included. */
export function responsesOf(operation: Operation, references: References): Record<string, OpenApiResponse> {
  const responses: Record<string, OpenApiResponse> = {};
  for (const [status, schema] of Object.entries(operation.responses)) {
    const empty = (schema as JsonSchema).type === "null";
    responses[status] = {
      description: meanings[Number(status)] ?? "Done.",
      headers: refer([
        "x-request-id",
        ...(status === "302" ? (["location"] as const) : []),
        ...(isCounted(operation) ? quota : []),
      ]),
      ...(!empty && { content: contentOf(operation, schema, references) }),
    };
  }
  for (const [status, codes] of byStatus(errorsOf(operation))) {
    responses[String(status)] = {
      description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].doc}`).join("\n\n"),
      headers: refer(headersWith(status)),
      content: {
        "application/json": {
          schema: references.refer(ErrorResponse),
          examples: Object.fromEntries(
            codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
          ),
        },
      },
      "x-error-codes": codes,
    };
  }
  return responses;
}

function contentOf(
  { lines }: Operation,
  schema: TSchema,
  references: References,
): NonNullable<OpenApiResponse["content"]> {
  if (lines === undefined) {
    return { "application/json": { schema: references.refer(schema), example: exampleOf(schema) } };
  }
  return {
    "application/x-ndjson": { schema: references.refer(schema), "x-line-schema": references.refer(lines) },
  };
}

function headersWith(status: number): (keyof typeof responseHeaders)[] {
  switch (status) {
    case 401:
      return ["x-request-id", "www-authenticate"];
    case 429:
      return ["x-request-id", "retry-after", ...quota];
    case 503:
      return ["x-request-id", "retry-after"];
    default:
      return ["x-request-id"];
  }
}

function refer(names: readonly (keyof typeof responseHeaders)[]): Record<string, Reference> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
