import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { expect } from "vitest";
import { type ErrorCode, errorCatalogue } from "#shared/errors/catalogue.ts";
import { operationList } from "#shared/protocol/operations.ts";

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
  readonly text: string;
}

/** A frame of V8's stack trace, or a path of the program: nothing of either may reach a caller. */
export const stackTrace = /\bat [^\n]*:\d+:\d+|node_modules|file:\/\//;

const operations = operationList.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));
const compiled = new Map<TSchema, ReturnType<typeof Compile>>();

/** Holds every answer against the contract: errors against the catalogue, anything else against the call's schema. */
export function expectDocumented(method: string, path: string, answer: Answer): void {
  if (answer.status >= 400) {
    expectDocumentedError(answer);
    return;
  }
  const url = path.split("?")[0] ?? "";
  const found = operations.find((one) => one.operation.method === method && one.pattern.test(url));
  if (found === undefined) return;
  const schema = found.operation.responses[answer.status];
  const what = `${method} ${path} → ${answer.status} ${answer.text.slice(0, 500)}`;
  if (schema === undefined) throw new Error(`${what} is not a documented status of ${found.operation.id}`);
  const check = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, check);
  const { lines } = found.operation;
  if (lines !== undefined) {
    const checkLine = compiled.get(lines) ?? Compile(lines);
    compiled.set(lines, checkLine);
    for (const line of answer.text.trimEnd().split("\n")) {
      if (!checkLine.Check(JSON.parse(line))) throw new Error(`${what}: not as documented: ${line}`);
    }
  }
  if (!check.Check(answer.body)) {
    throw new Error(
      `${what} is not as documented: ${JSON.stringify([...check.Errors(answer.body)].slice(0, 3))}`,
    );
  }
}

export function expectDocumentedError({ status, body, headers, text }: Answer): void {
  expectErrorShape((body as { error?: unknown } | null)?.error, text);
  const { error } = body as { error: { code: ErrorCode; requestId: string } };
  expect(Object.keys(body as object), text).toEqual(["error"]);
  expect(status, text).toBe(errorCatalogue[error.code].status);
  expect(headers.get("x-request-id") ?? error.requestId, text).toBe(error.requestId);
  expect(headers.get("content-type"), text).toMatch(/^application\/json/);
}

/**
 * Exactly `{code, message, retryable, requestId, retryAfterMs?, details?}`, with a code of the catalogue and nothing
 * inside out.
 */
export function expectErrorShape(error: unknown, text: string): void {
  expect(text).not.toMatch(stackTrace);
  const { details, retryAfterMs, ...rest } = error as Record<string, unknown>;
  expect(rest, text).toEqual({
    code: expect.toSatisfy((code) => Object.hasOwn(errorCatalogue, code)),
    message: expect.stringMatching(/\S/),
    retryable: errorCatalogue[rest.code as ErrorCode].retryable,
    requestId: expect.stringMatching(/\S/),
  });
  if (retryAfterMs !== undefined) {
    expect(rest.retryable, text).toBe(true);
    expect(retryAfterMs, text).toSatisfy((ms) => Number.isInteger(ms) && ms >= 0);
  }
  if (details === undefined) return;
  expect(details, text).not.toEqual([]);
  for (const detail of details as unknown[]) {
    expect(detail, text).toEqual({
      path: expect.stringMatching(/^\//),
      message: expect.stringMatching(/\S/),
    });
  }
}
