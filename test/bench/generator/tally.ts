import { Histogram, type HistogramData } from "../histogram.ts";

/** What one window of load came to, as a generator reports it. */
export interface WindowReport {
  readonly scheduled: number;
  readonly sent: number;
  /** Answered `ok` over WebSocket, 201 or 202 over REST. */
  readonly acked: number;
  /** Of these, answered 202: durable but not seen applied in time. */
  readonly ackedUnapplied: number;
  /** Seen by the other member. */
  readonly delivered: number;
  /** Acknowledged and seen by both members. */
  readonly complete: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** From the time a message was due. */
  readonly ack: HistogramData;
  readonly deliver: HistogramData;
  readonly health: GeneratorHealth;
  /** From the first message due until the last was complete, or given up. */
  readonly elapsedMs: number;
}

/** How the generator itself fared while it sent. */
export interface GeneratorHealth {
  /** Share of the time in which its event loop was busy. */
  readonly loopUtilisation: number;
  /** Of one core. */
  readonly cpuShare: number;
  /** How much later than due messages went out. */
  readonly lateness: HistogramData;
}

const violationsMax = 20;

/** Counts one window. */
export class Tally {
  readonly ack = new Histogram();
  readonly deliver = new Histogram();
  readonly lateness = new Histogram();
  readonly violations: string[] = [];
  readonly refused: Record<string, number> = {};
  sent = 0;
  acked = 0;
  ackedUnapplied = 0;
  delivered = 0;
  complete = 0;
  refusals = 0;

  /** All that was sent is complete or was refused. */
  get settled(): boolean {
    return this.complete + this.refusals >= this.sent;
  }

  refuse(code: string): void {
    this.refusals += 1;
    this.refused[code] = (this.refused[code] ?? 0) + 1;
  }

  /** The first of them are told; the run is a failure with one. */
  violation(what: string): void {
    if (this.violations.length < violationsMax) this.violations.push(what);
  }

  report(scheduled: number, elapsedMs: number, health: Omit<GeneratorHealth, "lateness">): WindowReport {
    return {
      scheduled,
      sent: this.sent,
      acked: this.acked,
      ackedUnapplied: this.ackedUnapplied,
      delivered: this.delivered,
      complete: this.complete,
      refused: this.refused,
      violations: this.violations,
      ack: this.ack.toData(),
      deliver: this.deliver.toData(),
      health: { ...health, lateness: this.lateness.toData() },
      elapsedMs,
    };
  }
}
