import { type LogEntry, logLevel } from "kafkajs";
import { limits } from "#shared/limits.ts";
import type { LogLogger } from "../log-logger.ts";

/**
 * What kafkajs says, in our words: its errors are warnings, as it mostly tries again by itself, and its news are of use
 * to its authors. While a broker is away it says the same many times a second: that is told now and then.
 */
export function logInto(logger: LogLogger): (entry: LogEntry) => void {
  const told = new Map<string, number>();

  function toldLately(message: string): boolean {
    const now = performance.now();
    if (now - (told.get(message) ?? Number.NEGATIVE_INFINITY) < limits.repeatedLogMs) return true;
    if (told.size >= limits.repeatedLogMessagesMax) told.clear();
    told.set(message, now);
    return false;
  }

  return ({ level, namespace, log: { message, ...fields } }) => {
    const trouble = level === logLevel.ERROR || level === logLevel.WARN;
    if (trouble && !toldLately(message)) logger.warn({ ...fields, namespace }, `kafkajs: ${message}`);
    else logger.debug({ ...fields, namespace }, `kafkajs: ${message}`);
  };
}
