/** Handlers by type. One that throws is reported and keeps nobody else from the event. */
export class Listeners<Event extends { readonly type: string }> {
  readonly #byType = new Map<string, Set<(event: Event) => void>>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  add(type: string, handler: (event: Event) => void): () => void {
    const handlers = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, handlers);
    // A fresh function, so that the same handler may be added twice and each removal takes its own.
    const added = (event: Event) => handler(event);
    handlers.add(added);
    return () => {
      handlers.delete(added);
    };
  }

  emit(event: Event, ...types: readonly string[]): void {
    for (const type of types) {
      for (const handler of [...(this.#byType.get(type) ?? [])]) {
        try {
          handler(event);
        } catch (error) {
          this.#report(error);
        }
      }
    }
  }
}

/** Lets what a handler threw become the surroundings' unhandled error. */
export function throwOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
