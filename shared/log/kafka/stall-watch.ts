import { limits } from "#shared/limits.ts";
import type { ConsumerSession } from "./consumer-session.ts";

/** How far a partition was fetched; null when nothing came yet. */
export interface Progress {
  readonly topic: string;
  readonly partition: number;
  readonly received: number | null;
}

interface StallWatchOptions {
  readonly session: ConsumerSession;
  readonly received: () => readonly Progress[];
  /** Those of the given that have records beyond what was received. */
  readonly unread: (progress: readonly Progress[]) => Promise<readonly Progress[]>;
  readonly onStall: (reason: string) => void;
}

/**
 * Finds a consumer that holds a partition and does not read it (tulios/kafkajs#1456), or has stopped to fetch at all:
 * there are records, and for several checks in a row none of them came. And one whose group's coordinator is gone:
 * kafkajs keeps asking a broker that went away, for a minute, where others have long taken its place.
 */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** How often in a row a partition was found where it had been, with records waiting. */
  #suspects = new Map<string, { readonly received: number | null; readonly checks: number }>();
  #checking = false;
  #fetches = -1;
  /** How many checks in a row Kafka answered us and the consumer's fetches did not come back. */
  #silentChecks = 0;
  /** The last check found that the group had not confirmed us for a session's time. */
  #wasUnconfirmed = false;

  constructor(options: StallWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#check(), limits.stallCheckMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #check(): Promise<void> {
    const { session, received, unread, onStall } = this.#options;
    if (session.joining) {
      this.#suspects.clear();
      this.#wasUnconfirmed = false;
    }
    if (this.#checking || session.joining) return;
    this.#checking = true;
    try {
      const places = received().filter((place) => !session.isPaused(place));
      const waiting = new Set((await unread(places)).map(keyOf));
      this.#silentChecks = session.fetches === this.#fetches ? this.#silentChecks + 1 : 0;
      this.#fetches = session.fetches;
      if (this.#silentChecks >= limits.stallChecksMax) {
        onStall("No fetch comes back.");
        return;
      }
      // Twice: a process that was stopped has heard of nothing, and its consumer finds out by itself.
      const isUnconfirmed = performance.now() - session.confirmedMs > limits.groupSessionMs;
      const isGivenUp = isUnconfirmed && this.#wasUnconfirmed;
      this.#wasUnconfirmed = isUnconfirmed;
      if (isGivenUp) {
        onStall("Kafka answers, and the group does not: its coordinator is another broker by now.");
        return;
      }
      const suspects = new Map<string, { received: number | null; checks: number }>();
      for (const place of places.filter((each) => waiting.has(keyOf(each)))) {
        const before = this.#suspects.get(keyOf(place));
        const checks = before?.received === place.received ? before.checks + 1 : 1;
        suspects.set(keyOf(place), { received: place.received, checks });
        if (checks >= limits.stallChecksMax)
          onStall(`Nothing came of ${keyOf(place)} from ${place.received} on.`);
      }
      this.#suspects = suspects;
    } catch {
      // Kafka did not answer: whether a consumer stalls shows when it does again.
    } finally {
      this.#checking = false;
    }
  }
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
