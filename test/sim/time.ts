import type { Clock, Timers } from "#shared/clock.ts";
import type { Random } from "./random.ts";

/** Taken before any trip wire is laid. */
const nextTurn = setImmediate;

interface Task {
  readonly atMs: number;
  /** Decides between tasks of the same moment. */
  readonly tie: number;
  run: (() => void) | null;
}

/** 2026-01-01T00:00:00Z: a run begins at the same time whenever it is run. */
const startMs = 1_767_225_600_000;

/**
 * Time that passes only when nothing is left to do: one task after the other, ordered by when it is due and, of those
 * due together, by the seed. Between two tasks every promise that can go on has gone on.
 */
export class SimulatedTime implements Clock, Timers {
  readonly #random: Random;
  readonly #heap: Task[] = [];
  #nowMs = startMs;

  constructor(random: Random) {
    this.#random = random;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Since the start of the run. */
  get elapsedMs(): number {
    return this.#nowMs - startMs;
  }

  after(ms: number, callback: () => void): () => void {
    const task: Task = { atMs: this.#nowMs + Math.max(0, ms), tie: this.#random.next(), run: callback };
    push(this.#heap, task);
    return () => {
      task.run = null;
    };
  }

  every(ms: number, callback: () => void): () => void {
    let cancel = () => {};
    const again = () => {
      cancel = this.after(ms, again);
      callback();
    };
    cancel = this.after(ms, again);
    return () => cancel();
  }

  /** Lets time pass until `done`, or for so long. Returns whether it is done. */
  async pass(ms: number, done: () => boolean = () => false): Promise<boolean> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await new Promise<void>((resolve) => nextTurn(resolve));
      if (done()) return true;
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) break;
      pop(this.#heap);
      if (next.run === null) continue;
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
    return done();
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.tie < b.tie);
}

function push(heap: Task[], task: Task): void {
  let index = heap.length;
  heap.push(task);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Task;
    if (!isBefore(task, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = task;
}

function pop(heap: Task[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, heap[child] as Task)) child += 1;
    if (!isBefore(heap[child] as Task, last)) break;
    heap[index] = heap[child] as Task;
    index = child;
  }
  heap[index] = last;
}
