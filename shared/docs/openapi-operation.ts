import type { Operation } from "#shared/protocol/operations/operation.ts";
import { bodyExamples } from "./chosen-examples.ts";
import { exampleOf } from "./examples.ts";
import { type JsonSchema, jsonOf } from "./json-schema.ts";
import { type OpenApiResponse, responsesOf } from "./openapi-responses.ts";
import type { References } from "./references.ts";
import { tagOf } from "./tags.ts";

interface OpenApiParameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example: unknown;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: {
      readonly "application/json": { readonly schema: JsonSchema; readonly example: unknown };
    };
  };
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

/** Ways to say who calls. Those in one object are needed together; one of the list is enough. */
const securityOf = {
  none: [],
  server: [{ apiKey: [] }, { apiKey: [], actingUser: [] }],
  user: [{ sessionToken: [] }, { apiKey: [], actingUser: [] }],
  any: [{ sessionToken: [] }, { apiKey: [] }, { apiKey: [], actingUser: [] }],
  operator: [{ adminKey: [] }],
} as const satisfies Record<Operation["auth"], OpenApiOperation["security"]>;

export function openApiOperation(operation: Operation, references: References): OpenApiOperation {
  const { id, path, summary, auth, params, query, body } = operation;
  const parameters = [
    ...parametersOf("path", params, references),
    ...parametersOf("query", query, references),
  ];
  return {
    operationId: id,
    tags: [tagOf(path)],
    summary,
    security: securityOf[auth],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && {
      requestBody: {
        // No body is read as {}, which does where nothing is required.
        required: (jsonOf(body).required ?? []).length > 0 || (jsonOf(body).minProperties ?? 0) > 0,
        content: {
          "application/json": {
            schema: references.refer(body),
            example: bodyExamples[id] ?? exampleOf(body),
          },
        },
      },
    }),
    responses: responsesOf(operation, references),
  };
}

function parametersOf(
  where: "path" | "query",
  schema: Operation["params"],
  references: References,
): OpenApiParameter[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Operation["params"]>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description } = jsonOf(property);
    return {
      name,
      in: where,
      required: where === "path" || required.includes(name),
      ...(description !== undefined && { description }),
      schema: references.refer(property),
      example: exampleOf(property, name),
    };
  });
}
