import { type Static, type TSchema, Type } from "typebox";
import type { ErrorCode } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import { RoomId } from "../ids.ts";
import { nullable, strict } from "../resources.ts";

/**
 * Every REST call of the product, once: routes are registered from these entries, the OpenAPI document is written
 * from them, and the isolation tests must cover each by its id.
 */
export interface Operation {
  readonly id: string;
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** With `{name}` for parameters, as in OpenAPI. */
  readonly path: string;
  /** The service that answers: writes go to ingest, reads to the gateway, all of calls to calls. */
  readonly service: "ingest" | "gateway" | "calls";
  /**
   * none: anybody. server: an API key. user: a session token, or an API key acting for a user (`x-user-id`).
   * any: a session token, or an API key with or without `x-user-id`. operator: the admin key.
   */
  readonly auth: "none" | "server" | "user" | "any" | "operator";
  readonly summary: string;
  readonly params: TSchema;
  readonly query: TSchema;
  /** null: the call takes no body. */
  readonly body: TSchema | null;
  readonly responses: Readonly<Record<number, TSchema>>;
  /** Of a call whose 200 is NDJSON, sent as it is read: what each line is. */
  readonly lines?: TSchema;
  /** Errors of this call beyond those that any call of its `auth` may meet. */
  readonly errors: readonly ErrorCode[];
}

/** What a handler is given and must return, from the entry's schemas. */
export interface OperationCall<O extends Operation> {
  readonly params: Static<O["params"]>;
  readonly query: Static<O["query"]>;
  readonly body: O["body"] extends TSchema ? Static<O["body"]> : null;
}

export const none = Type.Object({}, strict);
export const roomPath = Type.Object({ roomId: RoomId }, strict);

/** Queries arrive as text; the numbers in it are read by the HTTP layer before the check. */
export const limit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: limits.pageItemsMax,
    description: `Default ${limits.pageItemsDefault}.`,
  }),
);
export const cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 512, description: "`next` of the page before." }),
);
export const page = Type.Object({ limit, cursor }, strict);
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: nullable(Type.String()) }, strict);

export const Applying = Type.Object({ accepted: Type.Literal(true) }, strict);
export const Done = Type.Null();

export const define = <const O extends Operation>(operation: O): O => operation;
