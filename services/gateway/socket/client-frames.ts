import { Compile } from "typebox/compile";
import { AppError } from "#shared/errors/app-error.ts";
import { checker } from "#shared/protocol/checker.ts";
import { type ClientFrame, clientFrames, Ref } from "#shared/protocol/frames.ts";
import { parseJson } from "#shared/protocol/json.ts";

type Type = ClientFrame["type"];
type Checks = { readonly [T in Type]: (value: unknown) => ClientFrame };

const checks = Object.fromEntries(
  clientFrames.map((schema) => [schema.properties.type.const, checker(schema)]),
) as Checks;

const ref = Compile(Ref);

/** A frame before its fields are checked: a JSON object that may say what it is and how it wants to be answered. */
export interface RawFrame {
  readonly value: Record<string, unknown>;
  readonly ref: string | number | undefined;
}

/**
 * Reads a text frame.
 *
 * @throws AppError invalid_json when it is no JSON object: the client is broken, and its socket is closed.
 */
export function readFrame(bytes: Uint8Array): RawFrame {
  const value = parseJson(bytes);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new AppError("invalid_json", "A frame must be a JSON object.");
  }
  const frame = value as Record<string, unknown>;
  // One of another form is refused with its frame, and not repeated in the refusal.
  return { value: frame, ref: ref.Check(frame.ref) ? frame.ref : undefined };
}

/** @throws AppError invalid_request: the frame is refused, and the socket lives on. */
export function checkFrame({ value }: RawFrame): ClientFrame {
  const type = value.type;
  if (typeof type === "string" && Object.hasOwn(checks, type)) return checks[type as Type](value);
  throw new AppError("invalid_request", undefined, {
    details: [{ path: "/type", message: `must be one of ${Object.keys(checks).join(", ")}` }],
  });
}
