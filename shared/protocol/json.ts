import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads JSON that a stranger sent. Text is refused rather than repaired: what cannot be kept exactly (bytes that are
 * not UTF-8, halves of a surrogate pair) must not be taken. Depth is bounded before parsing, as everything that
 * walks the value afterwards recurses.
 *
 * @throws AppError invalid_json
 */
export function parseJson(input: Uint8Array | string): unknown {
  const text = typeof input === "string" ? input : decode(input);
  if (depthOf(text) > limits.jsonDepthMax) {
    throw new AppError("invalid_json", `JSON is nested more than ${limits.jsonDepthMax} levels deep.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_json", "This is not JSON.", { cause });
  }
  // Only an escape can spell half a pair, so most texts need no second look.
  if (/\\u[dD][89a-fA-F]/.test(text) && !isWellFormedDeep(value)) {
    throw new AppError("invalid_json", "A string holds half of a surrogate pair.");
  }
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new AppError("invalid_json", "This is not UTF-8.", { cause });
  }
}

/** The deepest nesting of brackets outside strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (c === 0x5d || c === 0x7d) depth--;
  }
  return deepest;
}

function isWellFormedDeep(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (value === null || typeof value !== "object") return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormedDeep(inner));
}
