import { type TSchema, Type } from "typebox";
import { AppError } from "#shared/errors/app-error.ts";
import { checker } from "#shared/protocol/checker.ts";
import { parseJson } from "#shared/protocol/json.ts";

type Check = (value: unknown) => unknown;

/** Bad fields are named as in the table of operations: `/params/roomId`, `/query/limit`, and in the body as they are. */
function checkPart(schema: TSchema, part: string): Check {
  const check = checker(schema);
  return (value) => {
    try {
      return check(value);
    } catch (error) {
      if (!(error instanceof AppError) || error.details === undefined) throw error;
      const details = error.details.map(({ path, message }) => ({
        path: `${part}${path === "/" ? "" : path}`,
        message,
      }));
      throw new AppError(error.code, undefined, { details, cause: error });
    }
  };
}

export const paramsReader = (schema: TSchema): Check => checkPart(schema, "/params");

/** Text that spells a whole number becomes one where the schema wants one. */
export function queryReader(schema: TSchema): Check {
  const check = checkPart(schema, "/query");
  const properties = (schema as { properties?: Record<string, TSchema> }).properties ?? {};
  const integers = new Set(
    Object.entries(properties)
      .filter(([, property]) => Type.IsInteger(property))
      .map(([name]) => name),
  );
  return (value) => {
    const query: Record<string, unknown> = { ...(value as Record<string, unknown>) };
    for (const name of integers) {
      const text = query[name];
      if (typeof text === "string" && /^-?\d{1,15}$/.test(text)) query[name] = Number(text);
    }
    return check(query);
  };
}

/**
 * Reads a body: JSON in UTF-8, whatever its type is said to be. No body is the same as `{}`, so a call whose fields
 * are all optional needs none. A call that takes no body ignores what it is sent.
 */
export function bodyReader(schema: TSchema | null): (bytes: unknown) => unknown {
  if (schema === null) return () => null;
  const check = checker(schema);
  return (bytes) => {
    const empty = !(bytes instanceof Uint8Array) || bytes.byteLength === 0;
    return check(empty ? {} : parseJson(bytes));
  };
}
