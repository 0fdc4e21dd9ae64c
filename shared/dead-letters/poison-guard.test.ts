import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Batch } from "#shared/log/log.ts";
import type { DeadRecord } from "./letter-records.ts";
import { PoisonGuard } from "./poison-guard.ts";

function batchOf(...offsets: number[]): Batch {
  const records = offsets.map((offset) => ({ offset, key: "k", value: `${offset}`, timestampMs: 0 }));
  return { topic: "t", partition: 3, records, behind: 0 };
}

/** A guard and its log, which gives a batch until it is processed, as long as `tries` last. */
function guarded(errorAt: (offset: number) => Error | null) {
  const processed: number[] = [];
  const letters: DeadRecord[] = [];
  const seen = { calls: 0, passedOver: 0, lettersFail: 0 };
  const guard = new PoisonGuard({
    process: async ({ records }) => {
      seen.calls += 1;
      for (const { offset } of records) {
        const error = errorAt(offset);
        if (error !== null) throw error;
      }
      processed.push(...records.map(({ offset }) => offset));
    },
    deadLetters: {
      add: async (_, dead) => {
        if (seen.lettersFail-- > 0) throw new AppError("log_unavailable");
        letters.push(...dead);
      },
    },
    passedOver: () => {
      seen.passedOver += 1;
    },
  });
  async function give(batch: Batch, tries: number): Promise<boolean> {
    for (let left = tries; left > 0; left -= 1) {
      const done = await guard.process(batch).then(
        () => true,
        () => false,
      );
      if (done) return true;
    }
    return false;
  }
  return { give, processed, letters, seen };
}

const bug = new TypeError("a bug");
const tries = limits.poisonTriesMax;

test("a record that fails each time becomes a dead letter, alone, and the others are processed once, in order", async () => {
  const { give, processed, letters, seen } = guarded((offset) => (offset === 7 ? bug : null));
  expect(await give(batchOf(5, 6, 7, 8), 2 * tries)).toBe(true);
  expect(letters).toMatchObject([{ record: { offset: 7 }, reason: "failing", error: bug }]);
  expect(processed).toEqual([5, 6, 8]);
  expect(seen.passedOver).toBe(1);
});

test("before that it is tried so many times in its batch, and as many times alone", async () => {
  const { give, letters, seen } = guarded((offset) => (offset === 1 ? bug : null));
  expect(await give(batchOf(1), 2 * tries - 1)).toBe(false);
  expect(letters).toEqual([]);
  expect(await give(batchOf(1), 1)).toBe(true);
  expect(seen.calls).toBe(2 * tries);
});

test("a fault that all records meet costs each of them its tries", async () => {
  const { give, letters } = guarded(() => bug);
  expect(await give(batchOf(1, 2, 3), 4 * tries - 3)).toBe(false);
  expect(letters.map(({ record }) => record.offset)).toEqual([1, 2]);
});

test.each(["log_unavailable", "store_unavailable", "overloaded", "service_unavailable"] as const)(
  "what fails for %s is tried for ever: nothing is passed over",
  async (code) => {
    let away = true;
    const { give, processed, letters } = guarded(() => (away ? new AppError(code) : null));
    expect(await give(batchOf(1, 2), 20 * tries)).toBe(false);
    away = false;
    expect(await give(batchOf(1, 2), 1)).toBe(true);
    expect(letters).toEqual([]);
    expect(processed).toEqual([1, 2]);
  },
);

test("an engine that is away in between does not use up the tries", async () => {
  let error: Error | null = bug;
  const { give, letters } = guarded(() => error);
  await give(batchOf(1), tries - 1);
  error = new AppError("store_unavailable");
  await give(batchOf(1), 10 * tries);
  error = null;
  expect(await give(batchOf(1), 1)).toBe(true);
  expect(letters).toEqual([]);
});

test("while the letter cannot be kept the partition waits", async () => {
  const { give, letters, processed, seen } = guarded((offset) => (offset === 1 ? bug : null));
  seen.lettersFail = 3;
  expect(await give(batchOf(1, 2), 2 * tries + 2)).toBe(false);
  expect(processed).toEqual([]);
  expect(await give(batchOf(1, 2), 1)).toBe(true);
  expect(letters).toHaveLength(1);
  expect(processed).toEqual([2]);
});

test("a batch that failed and then succeeded leaves no suspicion on the next", async () => {
  let error: Error | null = bug;
  const { give, letters } = guarded(() => error);
  for (let first = 0; first < 10; first += 1) {
    error = bug;
    await give(batchOf(first), tries - 1);
    error = null;
    expect(await give(batchOf(first), 1)).toBe(true);
  }
  expect(letters).toEqual([]);
});
