import { LRUCache } from "lru-cache";
import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";

interface Entry<V> {
  readonly value: V;
  readonly loadedAtMs: number;
}

/**
 * What the store said at most `limits.authorityCacheMs` ago. Loads of one key at the same time are one load.
 *
 * Only values that `keep` accepts are kept or taken from a load that was under way. Any other, such as "there is none",
 * comes from a load that began after the call: what was made before it works at once.
 */
export class FreshCache<V> {
  readonly #entries = new LRUCache<string, Entry<V>>({ max: limits.authorityCacheEntriesMax });
  readonly #loading = new Map<string, { readonly value: Promise<V>; readonly begunAtMs: number }>();
  readonly #clock: Clock;
  readonly #keep: (value: V) => boolean;

  constructor(options: { clock: Clock; keep: (value: V) => boolean }) {
    this.#clock = options.clock;
    this.#keep = options.keep;
  }

  async get(key: string, load: () => Promise<V>): Promise<V> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && this.#clock.nowMs() - entry.loadedAtMs < limits.authorityCacheMs) {
      return entry.value;
    }
    const underWay = this.#loading.get(key);
    if (underWay === undefined) return this.#load(key, load);
    const value = await underWay.value;
    if (this.#keep(value)) return value;
    // That one is over, so whatever is under way now began after our call: one load for all who waited.
    return this.#loading.get(key)?.value ?? this.#load(key, load);
  }

  /**
   * The same, but what was known last stands in where the store fails, or says nothing for so long: each load is waited
   * for once, and not by all who come while the store is silent.
   */
  async getOrLast(key: string, load: () => Promise<V>, waitMs: number): Promise<V> {
    const last = this.#entries.get(key);
    const begunAtMs = this.#loading.get(key)?.begunAtMs ?? Number.POSITIVE_INFINITY;
    if (last !== undefined && this.#clock.nowMs() - begunAtMs >= waitMs) return last.value;
    const loading = this.get(key, load);
    if (last === undefined) return loading;
    const { promise: late, resolve } = Promise.withResolvers<V>();
    const timer = setTimeout(resolve, waitMs, last.value);
    return Promise.race([loading.catch(() => last.value), late]).finally(() => clearTimeout(timer));
  }

  /** What was known last, however old, without a wait; undefined: nothing. What is too old is asked anew meanwhile. */
  peek(key: string, load: () => Promise<V>): V | undefined {
    const entry = this.#entries.get(key);
    const isFresh = entry !== undefined && this.#clock.nowMs() - entry.loadedAtMs < limits.authorityCacheMs;
    // Where the store is away, the next look asks again.
    if (!isFresh && !this.#loading.has(key)) this.#load(key, load).catch(() => undefined);
    return entry?.value;
  }

  /** Asks the store again, whatever is kept; a load under way is too old an answer. */
  async reload(key: string, load: () => Promise<V>): Promise<V> {
    return this.#load(key, load);
  }

  /** What is known of the key is no longer true. */
  forget(key: string): void {
    this.#entries.delete(key);
    this.#loading.delete(key);
  }

  /** Only the newest load of a key may say what is kept. */
  async #load(key: string, load: () => Promise<V>): Promise<V> {
    const loadedAtMs = this.#clock.nowMs();
    const loading = load();
    const underWay = { value: loading, begunAtMs: loadedAtMs };
    this.#loading.set(key, underWay);
    const isNewest = () => this.#loading.get(key) === underWay;
    try {
      const value = await loading;
      if (isNewest()) {
        if (this.#keep(value)) this.#entries.set(key, { value, loadedAtMs });
        else this.#entries.delete(key);
      }
      return value;
    } finally {
      if (isNewest()) this.#loading.delete(key);
    }
  }
}
