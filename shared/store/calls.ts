import type { CallRow } from "./call-store.ts";
import type { RoomHead } from "./store.ts";

/** Whom a call rings, and who is in it. */
function usersIn({ call }: CallRow): string[] {
  return call.participants
    .filter(({ state }) => state === "ringing" || state === "joined")
    .map(({ userId }) => userId);
}

/** Those of them that were not before. */
export function cameToCall(before: CallRow | null, now: CallRow | null): string[] {
  if (now === null) return [];
  const known = before?.number === now.number ? usersIn(before) : [];
  return usersIn(now).filter((userId) => !known.includes(userId));
}

/** The room's call, where the user has part in it. */
export function runningCallOf({ call }: CallsOfHead, userId: string): CallRow | null {
  return call !== null && usersIn(call).includes(userId) ? call : null;
}

type CallsOfHead = Pick<RoomHead, "call" | "callNumber">;

/** The page of calls below this number that have ended and that the head speaks of. */
export function endedBelow({ call, callNumber }: CallsOfHead, before = Number.POSITIVE_INFINITY): number {
  const known = call === null ? callNumber : call.number - 1;
  return Math.min(known, before - 1);
}

/** With the one that runs, where the page begins above it. */
export function withRunning(
  { call }: CallsOfHead,
  ended: readonly CallRow[],
  { before, limit }: { readonly before?: number; readonly limit: number },
): CallRow[] {
  const isIn = call !== null && (before === undefined || call.number < before);
  return (isIn ? [call, ...ended] : [...ended]).slice(0, limit);
}
