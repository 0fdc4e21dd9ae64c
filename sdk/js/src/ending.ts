import { SendsarError } from "./errors.ts";

/** Why a connection, or an attempt at one, is over. */
export interface Ending {
  /** The close code; null when this side ended it. */
  readonly code: number | null;
  readonly message: string;
  readonly error: SendsarError | null;
}

/** The server's word for a token that ran out: another one will do. */
const tokenExpiredCode = 4006;

/**
 * The range of the close code decides: 4000–4499 come back, 4500–4999 stay away. Any other code is the network's, and
 * the client comes back unless an error that no repeat mends was the server's last word.
 */
export function mayReconnect(ending: Ending, tokenRenewable: boolean): boolean {
  if (tokenExpired(ending)) return tokenRenewable;
  if (ending.code !== null && ending.code >= 4000 && ending.code <= 4999) return ending.code < 4500;
  return ending.error === null || ending.error.retryable;
}

export function tokenExpired(ending: Ending): boolean {
  return ending.code === tokenExpiredCode || ending.error?.code === "token_expired";
}

/** What everybody who waits is told when the client stops. */
export function stopError(reason: Ending): SendsarError {
  const code = tokenExpired(reason) ? "token_expired" : "disconnected";
  return new SendsarError(code, `the server closed the connection: ${reason.message}`, { retryable: false });
}
