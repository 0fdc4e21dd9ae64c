import type { Clock } from "./clock.ts";
import { type CallQualityPost, callSecondsMax } from "./wire.ts";

type Seconds = NonNullable<CallQualityPost["seconds"]>;

/** What is used of a `Room` of livekit-client, which this package does not need otherwise. */
export interface LiveKitRoom {
  readonly localParticipant: { readonly identity: string };
  on(
    event: "connectionQualityChanged",
    listener: (quality: string, participant: { readonly identity: string }) => void,
  ): unknown;
  on(
    event: "reconnecting" | "signalReconnecting" | "reconnected" | "disconnected",
    listener: () => void,
  ): unknown;
}

/** For how long LiveKit called this device's connection what, from now until it is disconnected. */
export class QualityWatch {
  readonly #clock: Clock;
  readonly #ms: Record<keyof Seconds, number> = { excellent: 0, good: 0, poor: 0, lost: 0 };
  #reconnects = 0;
  #said: keyof Seconds | null = null;
  #isLost = false;
  #sinceMs: number;
  #isOver = false;

  /** @param over is called once, with all there is to say. */
  constructor(room: LiveKitRoom, clock: Clock, over: (report: CallQualityPost) => void) {
    this.#clock = clock;
    this.#sinceMs = clock.now();
    room.on("connectionQualityChanged", (quality, { identity }) => {
      if (identity === room.localParticipant.identity)
        this.#turn({ said: isKnown(quality) ? quality : null });
    });
    const away = () => {
      if (!this.#isLost) this.#reconnects += 1;
      this.#turn({ isLost: true });
    };
    room.on("reconnecting", away);
    room.on("signalReconnecting", away);
    room.on("reconnected", () => this.#turn({ isLost: false }));
    room.on("disconnected", () => {
      if (this.#isOver) return;
      this.#turn({});
      this.#isOver = true;
      over({ seconds: this.#seconds, reconnects: this.#reconnects });
    });
  }

  /** The time until now is of what held until now. */
  #turn({
    said = this.#said,
    isLost = this.#isLost,
  }: {
    said?: keyof Seconds | null;
    isLost?: boolean;
  }): void {
    const nowMs = this.#clock.now();
    const held = this.#isLost ? "lost" : this.#said;
    if (held !== null) this.#ms[held] += Math.max(0, nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    this.#said = said;
    this.#isLost = isLost;
  }

  get #seconds(): Seconds {
    const { excellent, good, poor, lost } = this.#ms;
    const of = (ms: number) => Math.min(callSecondsMax, Math.round(ms / 1_000));
    return { excellent: of(excellent), good: of(good), poor: of(poor), lost: of(lost) };
  }
}

function isKnown(quality: string): quality is keyof Seconds {
  return quality === "excellent" || quality === "good" || quality === "poor" || quality === "lost";
}
