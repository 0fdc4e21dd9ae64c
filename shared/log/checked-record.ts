import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { NewRecord } from "./log.ts";

/** One record that is too large would fail all that goes with it in a request, so it is refused by itself. */
export function mustFit({ topic, key, value }: NewRecord): void {
  const chars = key.length + (value?.length ?? 0);
  // No character of UTF-16 takes more than three bytes.
  if (chars * 3 <= limits.recordBytesMax) return;
  const bytes = Buffer.byteLength(key) + (value === null ? 0 : Buffer.byteLength(value));
  if (bytes <= limits.recordBytesMax) return;
  throw new AppError("payload_too_large", `A record for ${topic} has ${bytes} bytes.`);
}
