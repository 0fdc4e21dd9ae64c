import type { SendsarError } from "./errors.ts";

/** What is asked for until it is answered, over all connections. */
export interface Asking {
  connected(): void;
  dropped(): void;
  /** The client has stopped. */
  failAll(error: SendsarError): void;
}
