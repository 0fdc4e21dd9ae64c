import assert from "node:assert/strict";
import { limits } from "#shared/limits.ts";

/** Offsets of one log: at a million records a second, half a year in one partition. */
const positionsPerEpoch = 2 ** 44;

/**
 * Orders rows by where in which log they came from: of two rows with one key, the one with the higher version stays,
 * whenever and by whomever it is written. A new epoch is a new log, whose offsets start again at 0.
 *
 * A safe integer above 0, so that both engines and JSON keep it exactly.
 */
export function versionOf(epoch: number, position: number): number {
  assert(Number.isInteger(epoch) && epoch >= 0 && epoch <= limits.epochMax, `epoch ${epoch}`);
  assert(Number.isInteger(position) && position >= 0 && position < positionsPerEpoch, `position ${position}`);
  return epoch * positionsPerEpoch + position + 1;
}
