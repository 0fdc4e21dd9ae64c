import { SendsarError } from "#sdk/js/src/errors.ts";

/** Something that a client was told, or met, in place of what it wanted. */
export interface ClientError {
  readonly where: string;
  readonly what: string;
  /** A client may try the same again, and is not told otherwise. */
  readonly retryable: boolean;
}

/** What clients met while they worked. */
export class ClientErrors {
  readonly all: ClientError[] = [];

  /** The SDK gave up on a call, or told of a refusal. */
  thrown(where: string, error: unknown): void {
    if (error instanceof SendsarError) this.all.push({ where, what: error.code, retryable: error.retryable });
    // What the server answered goes with what is thrown for it.
    else if (error instanceof Error && (error.cause as { error?: unknown } | undefined)?.error !== undefined)
      this.answered(where, error.cause);
    // A connection that broke, or could not be made.
    else this.all.push({ where, what: String(error), retryable: true });
  }

  /** An answer, or a frame, in the one error shape. */
  answered(where: string, body: unknown): void {
    const { error } = (body ?? {}) as { error?: { code?: string; retryable?: boolean } };
    this.all.push({ where, what: error?.code ?? JSON.stringify(body), retryable: error?.retryable === true });
  }

  /** @param code of a WebSocket; 4000 to 4499 and those without a close say: come back. */
  closed(where: string, code: number): void {
    const retryable = (code >= 4_000 && code <= 4_499) || code === 1_006;
    this.all.push({ where, what: `close ${code}`, retryable });
  }

  /** How often each was met. */
  counts(): string {
    const counts = new Map<string, number>();
    for (const { where, what } of this.all)
      counts.set(`${where}: ${what}`, (counts.get(`${where}: ${what}`) ?? 0) + 1);
    return [...counts].map(([key, count]) => `${count} × ${key}`).join(", ");
  }

  get final(): readonly ClientError[] {
    return this.all.filter(({ retryable }) => !retryable);
  }
}
