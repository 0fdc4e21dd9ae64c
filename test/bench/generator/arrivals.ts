import { Histogram } from "../histogram.ts";

interface Expected {
  readonly dueMs: number;
  firstMs: number;
  lastMs: number;
  count: number;
}

/** Counts the deliveries of messages that each go to the same number of members, and times the first and the last. */
export class Arrivals {
  readonly first = new Histogram();
  readonly last = new Histogram();
  readonly #members: number;
  readonly #expected = new Map<number, Expected>();
  deliveries = 0;
  complete = 0;
  /** Deliveries of a message that had all of them, or that nobody sent. */
  stray = 0;

  constructor(members: number) {
    this.#members = members;
  }

  get sent(): number {
    return this.#expected.size;
  }

  /** Every message has come to every member. */
  get settled(): boolean {
    return this.complete === this.#expected.size;
  }

  expect(n: number, dueMs: number): void {
    this.#expected.set(n, { dueMs, firstMs: 0, lastMs: 0, count: 0 });
  }

  arrived(n: number, nowMs: number): void {
    const message = this.#expected.get(n);
    if (message === undefined || message.count === this.#members) {
      this.stray += 1;
      return;
    }
    this.deliveries += 1;
    message.count += 1;
    if (message.count === 1) message.firstMs = nowMs;
    if (message.count < this.#members) return;
    message.lastMs = nowMs;
    this.complete += 1;
    this.first.recordMs(message.firstMs - message.dueMs);
    this.last.recordMs(message.lastMs - message.dueMs);
  }
}
