import type { Clock } from "./clock.ts";
import { errorFromWire, SendsarError } from "./errors.ts";
import type { ClientFrame, ErrorFrame, OkFrame } from "./wire.ts";

/** Says a frame and waits for its answer. Rejects with SendsarError; `retryable` tells whether to say it again. */
export type Request = (frame: ClientFrame) => Promise<OkFrame>;

/** Frames that wait for the answer with their `ref`. A connection that goes down takes them all along. */
export class Requests {
  readonly #clock: Clock;
  readonly #waitMsMax: number;
  readonly #send: (frame: ClientFrame) => boolean;
  readonly #pending = new Map<number, (answer: OkFrame | SendsarError) => void>();
  #lastRef = 0;

  constructor(of: {
    readonly clock: Clock;
    readonly answerWaitMsMax: number;
    readonly send: (frame: ClientFrame) => boolean;
  }) {
    this.#clock = of.clock;
    this.#waitMsMax = of.answerWaitMsMax;
    this.#send = of.send;
  }

  request(frame: ClientFrame): Promise<OkFrame> {
    return new Promise((resolve, reject) => {
      this.#lastRef += 1;
      const ref = this.#lastRef;
      const cancel = this.#clock.after(this.#waitMsMax, () =>
        this.#settle(ref, new SendsarError("answer_timeout", "no answer in time", { retryable: true })),
      );
      this.#pending.set(ref, (answer) => {
        cancel();
        if (answer instanceof SendsarError) reject(answer);
        else resolve(answer);
      });
      if (this.#send({ ...frame, ref })) return;
      this.#settle(ref, new SendsarError("not_connected", "there is no connection now", { retryable: true }));
    });
  }

  /** Answers nobody waits for any more are dropped. */
  answered(frame: OkFrame | ErrorFrame): void {
    if (typeof frame.ref === "number") {
      this.#settle(frame.ref, frame.type === "ok" ? frame : errorFromWire(frame.error));
    }
  }

  connectionLost(): void {
    const error = new SendsarError("connection_lost", "the connection went down before the answer came", {
      retryable: true,
    });
    for (const ref of [...this.#pending.keys()]) this.#settle(ref, error);
  }

  #settle(ref: number, answer: OkFrame | SendsarError): void {
    const settle = this.#pending.get(ref);
    this.#pending.delete(ref);
    settle?.(answer);
  }
}
