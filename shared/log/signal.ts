/** Wakes one waiter. A wake that comes while nobody waits is kept for the next wait. */
export class Signal {
  #pending = false;
  #wake: (() => void) | null = null;

  wake(): void {
    if (this.#wake === null) {
      this.#pending = true;
      return;
    }
    const wake = this.#wake;
    this.#wake = null;
    wake();
  }

  /** Resolves at a wake, or after `ms` if given. One waiter at a time. */
  wait(ms?: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.wake(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
