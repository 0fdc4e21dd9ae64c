import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";

/** @throws AppError invalid_request where the JSON of the value is larger than allowed. */
export function assertCustomFits(
  custom: object | null | undefined,
  path: string,
  bytesMax: number = limits.customBytesMax,
): void {
  if (custom == null || Buffer.byteLength(JSON.stringify(custom)) <= bytesMax) return;
  const message = `must not be more than ${bytesMax} bytes of JSON`;
  throw new AppError("invalid_request", undefined, { details: [{ path, message }] });
}
