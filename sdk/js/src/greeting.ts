import type { Clock } from "./clock.ts";
import { SendsarError } from "./errors.ts";
import type { ConnectedFrame } from "./wire.ts";

/** The promise of `connect`: it ends with the first handshake, with the client, or after a wait. */
export class Greeting {
  readonly #clock: Clock;
  readonly #waitMsMax: number;
  #waiting: {
    readonly resolve: (info: ConnectedFrame) => void;
    readonly reject: (error: SendsarError) => void;
  } | null = null;
  #cancelWait = () => {};

  constructor(of: { readonly clock: Clock; readonly connectWaitMsMax: number }) {
    this.#clock = of.clock;
    this.#waitMsMax = of.connectWaitMsMax;
  }

  wait(): Promise<ConnectedFrame> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#cancelWait = this.#clock.after(this.#waitMsMax, () =>
        this.reject(
          new SendsarError("connect_timeout", "no connection yet; still trying", { retryable: true }),
        ),
      );
    });
  }

  resolve(info: ConnectedFrame): void {
    this.#end()?.resolve(info);
  }

  reject(error: SendsarError): void {
    this.#end()?.reject(error);
  }

  #end() {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#cancelWait();
    return waiting;
  }
}
