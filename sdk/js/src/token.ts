import type { Clock } from "./clock.ts";
import { SendsarError } from "./errors.ts";

/** A session token, or where to get one: a function is asked again whenever a fresh one is needed. */
export type Token = string | (() => string | Promise<string>);

interface Lifetime {
  readonly issuedAtMs: number | null;
  readonly expiresAtMs: number;
}

/** What a JWT says of its own time. Nothing is verified: that is the server's part. Null: it is no such token. */
function lifetimeOf(token: string): Lifetime | null {
  try {
    const payload = token.split(".")[1] ?? "";
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    if (typeof claims !== "object" || claims === null || !("exp" in claims)) return null;
    if (typeof claims.exp !== "number") return null;
    const issuedAt = "iat" in claims && typeof claims.iat === "number" ? claims.iat : null;
    return { issuedAtMs: issuedAt === null ? null : issuedAt * 1_000, expiresAtMs: claims.exp * 1_000 };
  } catch {
    return null;
  }
}

/**
 * Keeps the token between reconnects, so that a storm of them does not become one on the customer's server.
 *
 * A token is taken to last its own `exp − iat` from when it was received: this clock may be hours off the server's.
 * Where the function hands out an older one, the server's 4006 says so.
 */
export class TokenSource {
  readonly #token: Token;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #waitMsMax: number;
  #current: { readonly token: string; readonly refreshAtMs: number | null } | null = null;

  constructor(
    token: Token,
    of: { readonly clock: Clock; readonly random: () => number; readonly tokenWaitMsMax: number },
  ) {
    this.#token = token;
    this.#clock = of.clock;
    this.#random = of.random;
    this.#waitMsMax = of.tokenWaitMsMax;
  }

  /** Whether a new token can be had without the caller. */
  get renewable(): boolean {
    return typeof this.#token === "function";
  }

  /** Until a new token should be asked for; null when there is nothing to ask, or the token does not say. */
  get refreshInMs(): number | null {
    const at = this.#current?.refreshAtMs ?? null;
    return at === null || !this.renewable ? null : Math.max(0, at - this.#clock.now());
  }

  /** The token is of no use any more. */
  expire(): void {
    this.#current = null;
  }

  /** The token at hand, or a new one when that is due. Rejects with SendsarError. */
  async get(): Promise<string> {
    if (this.#current && this.refreshInMs !== 0) return this.#current.token;
    return this.renew();
  }

  async renew(): Promise<string> {
    const token = await this.#ask();
    const lifetime = lifetimeOf(token);
    const nowMs = this.#clock.now();
    const lastsMs = lifetime && lifetime.expiresAtMs - (lifetime.issuedAtMs ?? nowMs);
    // Some time in the eighth tenth of its life: early enough for several tries, and spread over clients.
    const refreshAtMs = lastsMs === null ? null : nowMs + lastsMs * (0.7 + 0.1 * this.#random());
    this.#current = { token, refreshAtMs };
    return token;
  }

  async #ask(): Promise<string> {
    const source = this.#token;
    if (typeof source === "string") return source;
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(this.#waitMsMax, () =>
        reject(
          new SendsarError("token_unavailable", "the token function took too long", { retryable: true }),
        ),
      );
    });
    try {
      return await Promise.race([Promise.resolve().then(source), late]);
    } catch (cause) {
      if (cause instanceof SendsarError) throw cause;
      throw new SendsarError("token_unavailable", "the token function failed", { retryable: true, cause });
    } finally {
      cancel();
    }
  }
}
