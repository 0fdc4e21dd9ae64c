import { setTimeout as pause } from "node:timers/promises";

const pollMs = 20;

/** Asks again until the check passes; past the deadline its last failure is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await pause(pollMs);
  }
}

/** @throws Error when it takes longer. */
export async function within<T>(withinMs: number, promise: Promise<T>, what: string): Promise<T> {
  const done = new AbortController();
  try {
    return await Promise.race([
      promise,
      pause(withinMs, undefined, { signal: done.signal }).then(() => {
        throw new Error(`${what}: nothing within ${withinMs} ms`);
      }),
    ]);
  } finally {
    done.abort();
  }
}
