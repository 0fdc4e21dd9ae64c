import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { AppError } from "#shared/errors/app-error.ts";

/** Problems named in one answer: a caller mends a few at a time. */
const detailsMax = 10;

/**
 * Compiles a schema into a check.
 *
 * @returns a function that returns the value, typed, or throws AppError invalid_request with one detail per bad field.
 */
export function checker<T extends TSchema>(schema: T): (value: unknown) => Static<T> {
  const compiled = Compile(schema);
  return (value) => {
    if (compiled.Check(value)) return value as Static<T>;
    throw new AppError("invalid_request", undefined, { details: detailsOf(compiled.Errors(value)) });
  };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** One line per field: unknown ones by name, alternatives by the sentence about the whole. */
function detailsOf(errors: Iterable<SchemaError>): { path: string; message: string }[] {
  const byPath = new Map<string, string>();
  for (const error of errors) {
    if (error.keyword === "additionalProperties") continue;
    const message = error.keyword === "boolean" ? "unknown field" : error.message;
    if (!byPath.has(error.instancePath)) byPath.set(error.instancePath, message);
    if (byPath.size === detailsMax) break;
  }
  return [...byPath].map(([path, message]) => ({ path: path === "" ? "/" : path, message }));
}
