import { type DestinationStream, type Logger as PinoLogger, pino } from "pino";
import type { LogLevel } from "#shared/config/kinds.ts";

export type Logger = PinoLogger;

/** What must never be in a log, at the top of a record or one level down. */
const secretFields = [
  "authorization",
  "x-api-key",
  "x-admin-key",
  "x-internal-key",
  "cookie",
  "token",
  "secret",
  "apiKey",
  "adminKey",
  "internalKey",
  "signingKeys",
];

/** JSON lines with the service and the node in each. */
export function createLogger(options: {
  service: string;
  nodeId: string;
  level: LogLevel;
  /** Standard output where not given. */
  destination?: DestinationStream;
}): Logger {
  const { service, nodeId, level, destination } = options;
  const settings = {
    level,
    base: { service, nodeId },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: secretFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.headers["${field}"]`]),
      censor: "[redacted]",
    },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** For tests, and where nobody listens. */
export const silentLogger: Logger = pino({ level: "silent" });
