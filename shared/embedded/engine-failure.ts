/** Results of SQLite (https://www.sqlite.org/rescode.html) that are no fault of the statement. */
const failures: Readonly<Record<number, "locked" | "failed">> = {
  5: "locked", // BUSY
  7: "failed", // NOMEM
  8: "failed", // READONLY
  10: "failed", // IOERR
  11: "failed", // CORRUPT
  13: "failed", // FULL
  14: "failed", // CANTOPEN
  26: "failed", // NOTADB
};

/** A sync has failed. What was written then may be lost, and nothing that is written now could be relied on. */
export class BrokenDisk extends Error {
  constructor(cause: unknown) {
    super("The disk failed: the process must be restarted.", { cause });
    this.name = "BrokenDisk";
  }
}

/** Why the engine could not do it; null when the error is something else, such as a wrong statement. */
export function engineFailureOf(error: unknown): "locked" | "failed" | null {
  if (error instanceof BrokenDisk) return "failed";
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  const primary = error.errcode & 0xff;
  return failures[primary] ?? null;
}
