import type { Clock, Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Job, JobEnd } from "./job.ts";

export interface Pace {
  readonly concurrency: number;
  readonly ratePerSecond: number | null;
}

/**
 * The deliveries to one endpoint that are in memory: so many calls at a time, so many begun in a second, and of those
 * that wait for another one each after the other. What one endpoint does holds up no other, as each has its own line,
 * and a line is bounded: what does not fit is put off in the store.
 */
export class Line {
  readonly #clock: Clock & Timers;
  readonly #ready: Job[] = [];
  /** By the delivery that they wait for. */
  readonly #waiting = new Map<string, Job>();
  /** When the event of each that is in memory happened. */
  readonly #present = new Map<string, number>();
  /** The oldest that has failed and is not over: one of many, so that what waits for hours is not taken for nothing. */
  #failed: Job | null = null;
  /** Of those that keep their place until they are tried again: what cancels that. */
  readonly #retries = new Map<string, () => void>();
  #pace: Pace = { concurrency: 1, ratePerSecond: null };
  #admitted = 0;
  #running = 0;
  #failedInARow = 0;
  #pausedUntilMs = 0;
  #latencyMs = 50;
  /** Calls that the rate lets be made now, as of a time. */
  #tokens = 0;
  #tokensAtMs = 0;
  /** When what was put off last will have its turn. */
  #putOffUntilMs = 0;
  #cancelWake: (() => void) | null = null;
  #stopped = false;

  constructor(clock: Clock & Timers) {
    this.#clock = clock;
  }

  get isIdle(): boolean {
    return this.#admitted === 0 && this.#failedInARow === 0;
  }

  get running(): number {
    return this.#running;
  }

  get admitted(): number {
    return this.#admitted;
  }

  /** When the oldest event happened that is in memory, or has failed and waits in the store; null: there is none. */
  get oldestMs(): number | null {
    let oldest = this.#failed?.isOurs() ? this.#failed.createdMs : null;
    for (const ms of this.#present.values()) oldest = oldest === null ? ms : Math.min(oldest, ms);
    return oldest;
  }

  /** As the endpoint is set now. */
  set pace(pace: Pace) {
    this.#pace = pace;
  }

  /** Keeps a place for a delivery that is about to be taken. False: there is none. */
  admit(): boolean {
    if (this.#stopped || this.#admitted >= this.#places) return false;
    this.#admitted += 1;
    return true;
  }

  /** The place is not needed after all. */
  giveBack(): void {
    this.#admitted -= 1;
  }

  /** Takes a delivery for which a place was kept. */
  take(job: Job): void {
    this.#present.set(job.deliveryId, job.createdMs);
    if (job.previousId !== null && this.#present.has(job.previousId)) {
      this.#waiting.set(job.previousId, job);
    } else {
      this.#ready.push(job);
    }
    this.#pump();
  }

  /**
   * Whether a delivery that is tried again then keeps its place: where others wait for it they would all be put off, read
   * again and come too late. Not where the line gets full by it.
   */
  keeps(deliveryId: string, nextMs: number): boolean {
    const isSoon = nextMs - this.#clock.nowMs() <= limits.webhookRetryInLineMsMax;
    return isSoon && this.#waiting.has(deliveryId) && this.#admitted <= this.#places / 2;
  }

  /**
   * When a delivery that has no place should try for one again: after those that were put off before it, at the pace
   * of this endpoint. So a long backlog is not read again and again.
   */
  putOffMs(): number {
    const nowMs = this.#clock.nowMs();
    const eachMs = (this.#latencyMs + this.#breakMs) / this.#concurrency;
    // What a stall made of the latency is not believed of one that takes something: its line may be empty in a moment.
    const stepMs = Math.min(eachMs, this.#failedInARow === 0 ? limits.webhookPutOffStepMsMax : 1_000);
    const paceMs = 1_000 / (this.#pace.ratePerSecond ?? Number.POSITIVE_INFINITY);
    const soonestMs = Math.max(nowMs + limits.webhookPutOffMsMin, this.#pausedUntilMs);
    const turnMs = Math.max(soonestMs, this.#putOffUntilMs + Math.max(stepMs, paceMs));
    this.#putOffUntilMs = Math.min(turnMs, nowMs + limits.webhookPutOffMsMax);
    return Math.round(this.#putOffUntilMs);
  }

  /** Nothing new is begun. */
  stop(): void {
    this.#stopped = true;
    this.#cancelWake?.();
    for (const cancel of this.#retries.values()) cancel();
  }

  get #takesNothing(): boolean {
    return this.#failedInARow >= limits.webhookFailuresMax;
  }

  /** One that takes nothing holds little of the memory that all share. */
  get #places(): number {
    return this.#takesNothing ? limits.webhookFailingLineJobsMax : limits.webhookLineJobsMax;
  }

  /** One that takes nothing is asked less at a time, until it takes something. */
  get #concurrency(): number {
    const { concurrency } = this.#pace;
    return this.#takesNothing ? Math.min(2, concurrency) : concurrency;
  }

  /** One that goes on taking nothing is asked ever less often, until it takes something. */
  get #breakMs(): number {
    const more = this.#failedInARow - limits.webhookFailuresMax;
    return more <= 0 ? 0 : Math.min(limits.webhookBreakMsMax, limits.webhookBreakMsMin * 2 ** (more - 1));
  }

  #pump(): void {
    while (!this.#stopped && this.#ready.length > 0 && this.#running < this.#concurrency) {
      if (!this.#mayBegin()) return;
      const job = this.#ready.shift() as Job;
      if (job.isOurs()) {
        void this.#run(job);
        continue;
      }
      job.drop();
      this.#leave(job, true, 0);
    }
  }

  /** False: not yet; it is looked at again then. */
  #mayBegin(): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#pausedUntilMs) return this.#wakeAt(this.#pausedUntilMs - nowMs);
    const rate = this.#pace.ratePerSecond;
    if (rate === null) return true;
    this.#tokens = Math.min(rate, this.#tokens + ((nowMs - this.#tokensAtMs) / 1_000) * rate);
    this.#tokensAtMs = nowMs;
    if (this.#tokens < 1) return this.#wakeAt(((1 - this.#tokens) / rate) * 1_000);
    this.#tokens -= 1;
    return true;
  }

  #wakeAt(ms: number): false {
    this.#cancelWake?.();
    this.#cancelWake = this.#clock.after(Math.ceil(ms), () => {
      this.#cancelWake = null;
      this.#pump();
    });
    return false;
  }

  async #run(job: Job): Promise<void> {
    this.#running += 1;
    const end = await job.run();
    this.#running -= 1;
    this.#learn(end);
    this.#remember(job, end);
    if (end.stays) this.#retryAt(job, end.nextMs);
    else this.#leave(job, end.over, end.nextMs);
    this.#pump();
  }

  #retryAt(job: Job, atMs: number): void {
    if (this.#stopped) return;
    const cancel = this.#clock.after(Math.max(0, atMs - this.#clock.nowMs()), () => {
      this.#retries.delete(job.deliveryId);
      this.#ready.push(job);
      this.#pump();
    });
    this.#retries.set(job.deliveryId, cancel);
  }

  #learn({ call }: JobEnd): void {
    if (call === null) return;
    // One that takes something again is not held to what its failing made its backlog look like.
    if (call.ok && this.#failedInARow > 0) this.#putOffUntilMs = 0;
    this.#failedInARow = call.ok ? 0 : this.#failedInARow + 1;
    this.#latencyMs = Math.max(1, this.#latencyMs * 0.8 + call.latencyMs * 0.2);
    const pauseMs = Math.max(call.pauseMs, this.#breakMs);
    // A break of ours cuts no pause short that the endpoint asked for.
    if (pauseMs > 0) this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#clock.nowMs() + pauseMs);
  }

  #remember(job: Job, { over }: JobEnd): void {
    const known = this.#failed?.isOurs() ? this.#failed : null;
    if (!over && (known === null || job.createdMs <= known.createdMs)) this.#failed = job;
    else if (known === null || known.deliveryId === job.deliveryId) this.#failed = null;
  }

  /** Whoever waits for it goes on, or is put off until after its next try. */
  #leave(job: Job, over: boolean, nextMs: number): void {
    this.#present.delete(job.deliveryId);
    this.#admitted -= 1;
    let next = this.#waiting.get(job.deliveryId);
    this.#waiting.delete(job.deliveryId);
    if (next !== undefined && over) this.#ready.push(next);
    while (next !== undefined && !over) {
      const { deliveryId } = next;
      next.putOff(nextMs + limits.webhookAfterOtherMs);
      this.#present.delete(deliveryId);
      this.#admitted -= 1;
      next = this.#waiting.get(deliveryId);
      this.#waiting.delete(deliveryId);
    }
  }
}
