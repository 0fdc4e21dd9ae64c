import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Static, TSchema } from "typebox";
import type { Authenticate, Caller, CallerByAuth, TenantCaller } from "#shared/auth/caller.ts";
import { AppError, type Quota } from "#shared/errors/app-error.ts";
import type { ErrorCode } from "#shared/errors/catalogue.ts";
import type { Operation, OperationCall } from "#shared/protocol/operations/operation.ts";
import { quotaHeaders } from "./quota-headers.ts";
import { bodyReader, paramsReader, queryReader } from "./request-parts.ts";

/** One of the answers that the table lists for the operation. */
type OperationAnswer<O extends Operation> = {
  [S in keyof O["responses"] & number]: {
    readonly status: S;
    readonly body: O extends { readonly lines: infer L extends TSchema }
      ? AsyncIterable<Static<L>>
      : O["responses"][S] extends TSchema
        ? Static<O["responses"][S]>
        : never;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof O["responses"] & number];

export type OperationHandler<O extends Operation> = (
  call: OperationCall<O>,
  caller: CallerByAuth[O["auth"]],
  request: FastifyRequest,
) => Promise<OperationAnswer<O>>;

/** Makes an answer whose status is known to the compiler. */
export function answer<const S extends number, B>(
  status: S,
  body: B,
): { readonly status: S; readonly body: B } {
  return { status, body };
}

/** Keeps what changes access. */
export interface Audit {
  /** Before the call is handled. Returns null where nothing is kept of it; else what to tell how it ended. */
  begin(
    operation: Operation,
    call: { readonly params: unknown; readonly body: unknown },
    caller: Caller | null,
    requestId: string,
  ): Promise<((ended: Ended) => Promise<void>) | null>;
}

export interface Ended {
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly body: unknown;
}

export interface RouteContext {
  readonly authenticate: Authenticate;
  readonly audit?: Audit;
  /** Throws rate_limited where the tenant or the user asks too much. */
  readonly admit?: (operation: Operation, caller: TenantCaller) => Promise<Quota>;
}

/**
 * Adds the route of an entry of the table: who calls, then whether they may call so often, then whether what they
 * say is well-formed, and only then the handler. A stranger learns nothing about the form of a call.
 */
export function registerOperation<O extends Operation>(
  app: FastifyInstance,
  operation: O,
  route: RouteContext & { readonly handle: OperationHandler<O> },
): void {
  const readParams = paramsReader(operation.params);
  const readQuery = queryReader(operation.query);
  const readBody = bodyReader(operation.body);
  const callers = new WeakMap<FastifyRequest, Caller>();

  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    config: { operationId: operation.id },
    // Before the body is read: strangers cannot make us hold one.
    onRequest: async (request, reply) => {
      if (operation.auth === "none") return;
      const caller = await route.authenticate(request, operation.auth);
      assertMayCall(operation, caller);
      if (caller.kind !== "operator" && route.admit !== undefined) {
        reply.headers(quotaHeaders(await route.admit(operation, caller)));
      }
      callers.set(request, caller);
    },
    handler: async (request, reply) => {
      const call = {
        params: readParams(request.params),
        query: readQuery(request.query),
        body: readBody(request.body),
      } as OperationCall<O>;
      // The kind of caller was checked against the operation above.
      const caller = (callers.get(request) ?? null) as CallerByAuth[O["auth"]];
      const ended = (await route.audit?.begin(operation, call, caller, request.id)) ?? null;
      const handled = route.handle(call, caller, request);
      const { status, body, headers = {} } = await (ended === null ? handled : audited(handled, ended));
      reply.status(status).headers(headers);
      if (operation.lines !== undefined) {
        const lines = Readable.from(ndjson(body as AsyncIterable<unknown>));
        return reply.type("application/x-ndjson").send(lines);
      }
      return body === null ? reply.send() : reply.send(body);
    },
  });
}

function assertMayCall(operation: Operation, caller: Caller): void {
  switch (operation.auth) {
    case "none":
      return;
    case "operator":
      if (caller.kind !== "operator") throw new AppError("unauthenticated");
      return;
    case "server":
      if (caller.kind !== "server") throw new AppError("forbidden", "This call needs an API key.");
      return;
    case "user":
      if (caller.kind === "server" && caller.userId === null) throw new AppError("acting_user_required");
      return;
    case "any":
      return;
  }
}

/** Lines are made as they are taken: a reader that is slow holds nothing up but itself. */
async function* ndjson(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

/** What became of the call is kept before its caller hears of it. */
async function audited<A extends { readonly status: number; readonly body: unknown }>(
  handled: Promise<A>,
  ended: (outcome: Ended) => Promise<void>,
): Promise<A> {
  try {
    const given = await handled;
    await ended({ ...given, code: null });
    return given;
  } catch (error) {
    const { status, code } = AppError.from(error);
    await ended({ status, code, body: null });
    throw error;
  }
}
