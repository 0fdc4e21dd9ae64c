import { checkAckedMessages } from "./acked-messages.ts";
import type { History, Violation } from "./history.ts";
import { checkInventedMessages } from "./invented-messages.ts";
import { checkKeptAndLive } from "./kept-and-live.ts";
import { checkRecovery } from "./recovery.ts";
import { checkRepeatedMessages } from "./repeated-messages.ts";
import { checkSequences } from "./sequences.ts";
import { checkTenants } from "./tenants.ts";

/** Shown in one failure: enough to see what kind of thing went wrong. */
const shownMax = 20;

/** Judges a recorded run by the invariants I1–I7. Pure: the same history always gets the same verdict. */
export function checkHistory(history: History): Violation[] {
  return [
    ...checkAckedMessages(history),
    ...checkInventedMessages(history),
    ...checkRepeatedMessages(history),
    ...checkSequences(history),
    ...checkKeptAndLive(history),
    ...checkTenants(history),
    ...checkRecovery(history),
  ];
}

/** @throws Error that names the violations. */
export function assertHistory(history: History): void {
  const violations = checkHistory(history);
  if (violations.length === 0) return;
  const shown = violations.slice(0, shownMax).map(({ invariant, message }) => `  ${invariant}: ${message}`);
  const rest = violations.length - shown.length;
  throw new Error(
    [
      `${violations.length} violations of the invariants:`,
      ...shown,
      ...(rest > 0 ? [`  and ${rest} more`] : []),
    ].join("\n"),
  );
}
