import { limits } from "#shared/limits.ts";

/**
 * A node that failed. When its rest is over, or no node is left that does not rest, one call tries it, and the others
 * wait for how that ends.
 */
interface Rest {
  readonly untilMs: number;
  readonly ms: number;
  readonly tried: boolean;
}

/**
 * The ingest nodes that a gateway knows, in turn. One that failed is left alone for a while, so that it costs one call
 * and not every call whose turn it would be.
 */
export class IngestNodes {
  readonly #nowMs: () => number;
  #urls: readonly string[] = [];
  #rests = new Map<string, Rest>();
  #turn = 0;

  /** @param nowMs of a clock that only goes forward. */
  constructor(urls: readonly string[], nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.replace(urls);
  }

  /** Takes a new list. What is known of those that stay is kept. */
  replace(urls: readonly string[]): void {
    this.#urls = urls;
    this.#rests = new Map([...this.#rests].filter(([url]) => urls.includes(url)));
  }

  /** The base URL to call next; null while every node is being tried by another call. */
  next(): string | null {
    const nowMs = this.#nowMs();
    const { allFailed } = this;
    for (let i = 0; i < this.#urls.length; i++) {
      const url = this.#urls[this.#turn++ % this.#urls.length] as string;
      const rest = this.#rests.get(url);
      if (rest === undefined) return url;
      if (rest.tried || (nowMs < rest.untilMs && !allFailed)) continue;
      this.#rests.set(url, { ...rest, tried: true });
      return url;
    }
    return null;
  }

  /** A rest helps nobody then: whoever calls pauses between its tries. */
  get allFailed(): boolean {
    return this.#urls.every((url) => this.#rests.has(url));
  }

  answered(url: string): void {
    this.#rests.delete(url);
  }

  /** @param how `refused`: known at once, so it may be tried often. `silent`: every try costs a call its time. */
  failed(url: string, how: "refused" | "silent"): void {
    if (!this.#urls.includes(url)) return;
    const rest = this.#rests.get(url);
    const nowMs = this.#nowMs();
    // Calls that were under way when it failed say nothing new.
    if (rest !== undefined && !rest.tried && nowMs < rest.untilMs) return;
    const doubled =
      rest === undefined ? limits.ingestRestMsMin : Math.min(2 * rest.ms, limits.ingestRestMsMax);
    const ms = how === "silent" ? limits.ingestSilentRestMs : doubled;
    this.#rests.set(url, { untilMs: nowMs + ms, ms, tried: false });
  }
}
