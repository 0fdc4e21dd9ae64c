import { expect, test } from "vitest";
import { Coalescer } from "./coalesce.ts";

function controlled() {
  const reads: PromiseWithResolvers<number>[] = [];
  const start = () => {
    const read = Promise.withResolvers<number>();
    reads.push(read);
    return read.promise;
  };
  return { reads, start };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("who asks while a read is under way shares the next one, and is never given the one begun before", async () => {
  const { reads, start } = controlled();
  const coalescer = new Coalescer<number>();
  const first = coalescer.read("k", start);
  const second = coalescer.read("k", start);
  const third = coalescer.read("k", start);
  expect(reads).toHaveLength(1);

  reads[0]?.resolve(1);
  expect(await first).toBe(1);
  await settled();
  expect(reads).toHaveLength(2);
  reads[1]?.resolve(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
});

test("who asks while the next one runs waits for the one after", async () => {
  const { reads, start } = controlled();
  const coalescer = new Coalescer<number>();
  const first = coalescer.read("k", start);
  const second = coalescer.read("k", start);
  reads[0]?.resolve(1);
  await first;
  await settled();
  const third = coalescer.read("k", start);
  reads[1]?.resolve(2);
  expect(await second).toBe(2);
  await settled();
  reads[2]?.resolve(3);
  expect(await third).toBe(3);
  expect(reads).toHaveLength(3);
});

test("a read that failed fails those who shared it, and no one else", async () => {
  const { reads, start } = controlled();
  const coalescer = new Coalescer<number>();
  const first = coalescer.read("k", start);
  const second = coalescer.read("k", start);
  reads[0]?.reject(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  await settled();
  reads[1]?.resolve(2);
  expect(await second).toBe(2);
  const third = coalescer.read("k", start);
  reads[2]?.resolve(3);
  expect(await third).toBe(3);
});

test("different reads do not wait for each other", async () => {
  const { reads, start } = controlled();
  const coalescer = new Coalescer<number>();
  void coalescer.read("a", start);
  void coalescer.read("b", start);
  expect(reads).toHaveLength(2);
});
