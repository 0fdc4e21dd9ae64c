/** A partition as kafkajs asks for it in each fetch. */
interface Wanted {
  readonly partition: number;
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

interface WantedTopic {
  readonly topic: string;
  readonly partitions: readonly Wanted[];
}

/** What a fetch within a session says besides the partitions. */
interface SessionFields {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly forgottenTopics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

interface FetchAnswer {
  readonly errorCode?: number;
  readonly sessionId?: number;
}

/** kafkajs's broker, as far as it fetches. */
interface FetchingBroker {
  fetch(options: { topics: readonly WantedTopic[] }): Promise<FetchAnswer & { readonly responses: unknown }>;
  lookupRequest: (apiKey: number, definition: unknown) => (options: object) => unknown;
}

const full = { sessionId: 0, sessionEpoch: 0 } as const;
const fetchApiKey = 1;
/** Epochs are 32-bit numbers; 0 is a session's beginning. */
const epochMax = 2 ** 31 - 1;

/** Makes a cluster's brokers remember what is fetched from them. */
export function withFetchSessions(cluster: { findBroker(node: { nodeId: string }): Promise<unknown> }): void {
  const find = cluster.findBroker.bind(cluster);
  const attended = new WeakSet<FetchingBroker>();
  cluster.findBroker = async (node) => {
    const broker = (await find(node)) as FetchingBroker;
    if (!attended.has(broker)) {
      attended.add(broker);
      attend(broker);
    }
    return broker;
  };
}

/** kafkajs can encode a session's fields, and never sets them. */
function attend(broker: FetchingBroker): void {
  const session = new FetchSession();
  const fetch = broker.fetch.bind(broker);
  let { lookupRequest } = broker;
  let fields: SessionFields = { ...full, forgottenTopics: [] };
  Object.defineProperty(broker, "lookupRequest", {
    get: () => (apiKey: number, definition: unknown) => {
      const build = lookupRequest(apiKey, definition);
      return apiKey === fetchApiKey ? (options: object) => build({ ...options, ...fields }) : build;
    },
    // It is found anew with each connection.
    set: (next) => {
      lookupRequest = next;
    },
  });
  // One at a time: kafkajs has one fetcher for each broker.
  broker.fetch = async (options) => {
    const { topics, ...rest } = session.next(options.topics);
    fields = rest;
    try {
      const answer = await fetch({ ...options, topics });
      return session.answered(answer) ? answer : { ...answer, responses: [] };
    } catch (error) {
      session.reset();
      throw error;
    }
  };
}

/**
 * What one broker knows of our fetches (KIP-227): each names only the partitions that changed since the one before, and
 * is answered with those that have something. Without it every record that travels alone costs a request and an answer
 * that name all partitions of all topics, to us and to the broker.
 */
export class FetchSession {
  #id = 0;
  #epoch = 0;
  #known = new Map<string, { readonly topic: string; readonly wanted: Wanted }>();

  /** @returns what to send for these partitions to be fetched. */
  next(topics: readonly WantedTopic[]): SessionFields & { readonly topics: WantedTopic[] } {
    const now = new Map<string, { readonly topic: string; readonly wanted: Wanted }>();
    for (const { topic, partitions } of topics) {
      for (const wanted of partitions) now.set(`${topic}/${wanted.partition}`, { topic, wanted });
    }
    const before = this.#known;
    this.#known = now;
    if (this.#id === 0) return { ...full, forgottenTopics: [], topics: [...topics] };
    const changed = [...now].filter(([key, { wanted }]) => !isSame(before.get(key)?.wanted, wanted));
    const gone = [...before].filter(([key]) => !now.has(key));
    return {
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: grouped(changed.map(([, each]) => each)),
      forgottenTopics: grouped(gone.map(([, each]) => each)).map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => partition),
      })),
    };
  }

  /** @returns false when the broker knows nothing of the session, and so has not answered: the next fetch is whole. */
  answered({ errorCode = 0, sessionId = 0 }: FetchAnswer): boolean {
    if (errorCode !== 0 || sessionId === 0) {
      this.reset();
      return errorCode === 0;
    }
    this.#epoch = sessionId === this.#id && this.#epoch < epochMax ? this.#epoch + 1 : 1;
    this.#id = sessionId;
    return true;
  }

  /** What the broker has taken of the last fetch is not known. */
  reset(): void {
    this.#id = 0;
    this.#epoch = 0;
    this.#known = new Map();
  }
}

function isSame(a: Wanted | undefined, b: Wanted): boolean {
  return a !== undefined && a.fetchOffset === b.fetchOffset && a.maxBytes === b.maxBytes;
}

function grouped(all: readonly { readonly topic: string; readonly wanted: Wanted }[]): WantedTopic[] {
  const topics = Map.groupBy(all, ({ topic }) => topic);
  return [...topics].map(([topic, each]) => ({ topic, partitions: each.map(({ wanted }) => wanted) }));
}
