import { errorCatalogue, errorCodes } from "#shared/errors/catalogue.ts";
import { operationList } from "#shared/protocol/operations.ts";
import { conventions } from "./conventions.ts";
import type { JsonSchema } from "./json-schema.ts";
import { type OpenApiOperation, openApiOperation } from "./openapi-operation.ts";
import { responseHeaders } from "./openapi-responses.ts";
import { type OpenApiWebhook, openApiWebhooks } from "./openapi-webhooks.ts";
import { References } from "./references.ts";
import { securitySchemes } from "./security-schemes.ts";
import { tagsOf } from "./tags.ts";

export interface DocumentOptions {
  /** Where this deployment is reached; without it the documents speak of the server that serves them. */
  readonly serverUrl?: string;
  readonly version: string;
}

type Method = "get" | "put" | "post" | "patch" | "delete";

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: Readonly<Record<"title" | "version" | "summary" | "description", string>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, OpenApiOperation>>>>>;
  /** What is sent to customers' servers. */
  readonly webhooks: Readonly<Record<string, OpenApiWebhook>>;
  readonly components: {
    readonly securitySchemes: typeof securitySchemes;
    readonly headers: typeof responseHeaders;
    readonly examples: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

/** The REST API as an OpenAPI 3.1 document, written from the table of operations. */
export function openApiDocument({ serverUrl, version }: DocumentOptions): OpenApiDocument {
  const references = new References();
  const paths: Record<string, Partial<Record<Method, OpenApiOperation>>> = {};
  for (const operation of operationList) {
    const item = paths[operation.path] ?? {};
    item[operation.method.toLowerCase() as Method] = openApiOperation(operation, references);
    paths[operation.path] = item;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sendsar",
      version,
      summary: "A headless chat API for platforms that already have users, login and UI.",
      description: conventions
        .map(({ title, text, table }) => [`## ${title}`, ...text, ...markdownOf(table)].join("\n\n"))
        .join("\n\n"),
    },
    servers: [{ url: serverUrl ?? "/" }],
    tags: tagsOf(operationList.map(({ path }) => path)),
    paths,
    webhooks: openApiWebhooks(references),
    components: {
      securitySchemes,
      headers: responseHeaders,
      examples: errorExamples(),
      schemas: references.definitions(),
    },
  };
}

/** One answer per code of the catalogue. */
function errorExamples(): OpenApiDocument["components"]["examples"] {
  return Object.fromEntries(
    errorCodes.map((code) => {
      const { doc, retryable } = errorCatalogue[code];
      const details = code === "invalid_request" && {
        details: [{ path: "/dispalyName", message: "unknown field" }],
      };
      const error = { code, message: doc, retryable, requestId: "req_5nXk2VtQJ8mA1bCd", ...details };
      return [code, { summary: doc, value: { error } }];
    }),
  );
}

function markdownOf(table: readonly (readonly string[])[] | undefined): string[] {
  const [head, ...rows] = table ?? [];
  if (head === undefined) return [];
  const lines = [head, head.map(() => "---"), ...rows];
  return [lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")];
}
