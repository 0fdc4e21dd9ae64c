import { AppError } from "#shared/errors/app-error.ts";
import type { Random } from "./random.ts";
import type { SimulatedTime } from "./time.ts";

/** What goes wrong for a while, wherever it is met. */
export const conditions = [
  /** Calls of the store fail, with or without having done what they were asked. */
  "store away",
  /** The same of appends. */
  "log away",
  /** Records of `deliveries` vanish. */
  "deliveries lost",
  /** Records are stored twice, as by a retry, and inboxes are given what they had. */
  "repeats",
  /** Everything takes up to a hundred times longer, each thing by itself. */
  "slow",
] as const;
export type Condition = (typeof conditions)[number];

/** How long things take, and what fails: chance for everything that is no process. */
export class Weather {
  readonly #time: SimulatedTime;
  readonly #random: Random;
  readonly #until = new Map<Condition, number>();

  constructor(time: SimulatedTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  set(condition: Condition, ms: number): void {
    this.#until.set(condition, this.#time.nowMs() + ms);
  }

  clear(): void {
    this.#until.clear();
  }

  /** Met by one call in three while it lasts. */
  strikes(condition: Condition): boolean {
    return (this.#until.get(condition) ?? 0) > this.#time.nowMs() && this.#random.chance(0.35);
  }

  /** A time around `usualMs`, with a long tail. */
  delayMs(usualMs: number): number {
    const tail = this.strikes("slow") ? 100 : this.#random.chance(0.03) ? 10 : 1;
    return usualMs * this.#random.between(0.2, 1.8) * tail;
  }

  chance(probability: number): boolean {
    return this.#random.chance(probability);
  }

  below(count: number): number {
    return this.#random.below(count);
  }

  unavailable(code: "store_unavailable" | "log_unavailable"): AppError {
    return new AppError(code, "The simulation says so.");
  }
}
