/** The part of pino's logger that a log uses. */
export interface LogLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const noLogger: LogLogger = { debug() {}, warn() {}, error() {} };
