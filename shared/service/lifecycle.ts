/**
 * One part of a process, with an end that loses nothing: start → ready → drain → stop.
 * Called in this order, each at most once; `stop` also after a `start` that failed.
 */
export interface Service {
  readonly name: string;
  /** Resolves when it works. */
  start(): Promise<void>;
  /** Takes nothing new and finishes what it has. The caller sets the deadline. */
  drain(): Promise<void>;
  /** Frees everything, whatever is still under way. */
  stop(): Promise<void>;
  /** Rejects with the reason while it cannot do its work. */
  ready(): Promise<void>;
}

/**
 * Several services as one: started in the order given, drained and stopped in reverse, so that the part that takes
 * requests opens last and closes first.
 *
 * @param services those that others depend on first.
 */
export function composeServices(name: string, services: readonly Service[]): Service {
  const started: Service[] = [];
  return {
    name,
    start: async () => {
      for (const service of services) {
        started.push(service);
        await service.start();
      }
    },
    drain: async () => {
      for (const service of started.toReversed()) await service.drain();
    },
    stop: async () => {
      const failures: unknown[] = [];
      for (const service of started.toReversed()) {
        await service.stop().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw new AggregateError(failures, `${name} did not stop cleanly`);
    },
    ready: async () => {
      await Promise.all(services.map((service) => service.ready()));
    },
  };
}

/** Something that works from the start and only has an end. */
export function closingService(name: string, close: () => Promise<void>): Service {
  const nothing = async () => undefined;
  return { name, start: nothing, drain: nothing, ready: nothing, stop: close };
}
