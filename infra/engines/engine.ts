/** A running Kafka or Cassandra, ours or one that was named to us. */
export type Engine = {
  /** `host:port`, as clients take them. */
  addresses: readonly string[];
  /** Undefined when the engine is not ours. */
  containerId: string | undefined;
  /** Removes the container; does nothing to an engine that is not ours. */
  stop(): Promise<void>;
};

/** One of our own, which a test may take down and bring back. Its data and its address stay. */
export type EngineContainer = Engine & {
  containerId: string;
  /** `shutdown` as an operator would (SIGTERM, waits for its end); `kill` as a crash (SIGKILL). */
  halt(how: "shutdown" | "kill"): Promise<void>;
  /** Resolves when it answers again. */
  resume(): Promise<void>;
};

export type EngineOptions = {
  /** The port on this machine; a free one is chosen when it is left out. */
  hostPort?: number;
};
