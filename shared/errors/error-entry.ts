/** What is said of an error in the catalogue. */
export interface ErrorEntry {
  readonly status: number;
  readonly retryable: boolean;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly doc: string;
}
