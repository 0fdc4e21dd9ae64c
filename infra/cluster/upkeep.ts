/** Work that brings something up to date: never two at a time, and once more where something changed meanwhile. */
export class Upkeep {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #isDue = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  due(): void {
    this.#isDue = true;
    this.#running ??= this.#run();
    // Whoever waits for it is told.
    this.#running.catch(() => undefined);
  }

  /** Resolves when everything that was due has been done. @throws what the work threw last. */
  async done(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#isDue) {
        this.#isDue = false;
        await this.#work();
      }
    } finally {
      this.#running = null;
    }
  }
}
