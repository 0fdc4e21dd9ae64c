import { AppError } from "#shared/errors/app-error.ts";
import type { CallRow } from "#shared/store/call-store.ts";

/** Where a page of a room's calls ended. */
export function cursorOf(last: CallRow | undefined): string | null {
  return last === undefined ? null : Buffer.from(`calls ${last.number}`).toString("base64url");
}

/** @throws AppError invalid_request when the cursor is not one of ours. */
export function callsAfter(cursor: string | undefined): { readonly before?: number } {
  if (cursor === undefined) return {};
  const number = /^calls (\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (number !== undefined) return { before: Number(number) };
  throw new AppError("invalid_request", undefined, {
    details: [{ path: "/cursor", message: "is not of this list" }],
  });
}
