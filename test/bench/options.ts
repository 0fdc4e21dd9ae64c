import { parseArgs } from "node:util";

export type Mode = "standalone" | "cluster";

export interface BenchOptions {
  readonly modes: readonly Mode[];
  /** Messages per second of the fixed-rate part. */
  readonly rate: number;
  /** Two-person rooms of the fixed-rate part. */
  readonly rooms: number;
  /** Length of the fixed-rate part, cut into windows. */
  readonly seconds: number;
  readonly windows: number;
  /** Idle sockets; 0: none. */
  readonly connections: number;
  /** Messages in the room whose history is read; 0: none. */
  readonly history: number;
  /** Closed rooms of the one user whose lists are read, on the standalone; 0: none. */
  readonly closedRooms: number;
  readonly reads: number;
  /** Load before the first window, for code to be compiled and connections to be made. */
  readonly warmUpSeconds: number;
  /** Memory of idle connections is read for so long, once a second. */
  readonly settleSeconds: number;
  readonly ramp: boolean;
  readonly rampRooms: number;
  readonly rampSeconds: number;
  /** null: 1,000 on the standalone, 200 on the cluster. */
  readonly rampFrom: number | null;
  readonly rampMax: number;
  /** How often each kind of hand-over between fanout nodes is measured, instead of all else; 0: not. */
  readonly handOvers: number;
  /** Webhooks, instead of all else: events that wait for a dead endpoint while a live one is measured; 0: not. */
  readonly webhookBacklog: number;
  /** Of webhooks only what the process holds while that backlog waits for so many dead endpoints; 0: not. */
  readonly webhookEndpoints: number;
  /** What users do beside writing, instead of all else: rounds of it; 0: not. */
  readonly featureRounds: number;
  /** Calls that ring at once, instead of all else; 0: not. */
  readonly calls: number;
  /** Messages of the burst of webhooks. */
  readonly webhookMessages: number;
  readonly generators: number;
  readonly seed: number;
  readonly json: string | null;
  readonly profile: string | null;
}

export const usage = `npm run bench -- [options]

Plays trip-scoped traffic (many rooms of two people, each connected over WebSocket) against a deployment that it starts
itself, checks on what the clients saw that nothing was lost, invented, repeated or reordered, and measures the bare
floor of the same machine in the same minutes. Numbers of a noisy machine mean little: look at the ratios.

  --standalone         one process on the embedded engines        } both unless
  --cluster            one process per service, Kafka, Cassandra  } one is named
  --quick              a rough answer in about a minute per deployment
  --rate N             messages per second of the fixed-rate part (200)
  --rooms N            its two-person rooms (100)
  --seconds N          its length, for each thing measured (20)
  --windows N          how many windows that is cut into (4)
  --no-ramp            do not look for the highest rate held
  --ramp-from N        where that search starts (1,000 standalone, 200 cluster)
  --ramp-max N         and where it ends at the latest (50,000)
  --ramp-rooms N       rooms of that search (250)
  --ramp-seconds N     length of one step (4)
  --connections N      idle sockets whose memory is measured (5,000; 0: none)
  --history N          messages of the room whose newest 50 are read (10,000; 0: none)
  --closed-rooms N     closed rooms of a user whose room lists are read, on the standalone (10,000; 0: none)
  --hand-over N        instead: N times each, how long rooms stand still when a fanout node of a cluster joins, leaves,
                       is lost, or crashes and is started again
  --webhooks           instead: how soon events are with a customer's server, how many a second, and what a dead
                       endpoint with a backlog does to a live one
  --features N         instead: N rounds of what a reaction, a receipt and an edit cost beside a message
  --calls N            instead: N calls that ring at once on a LiveKit server of its own: how soon they begin, tokens are
                       made, and they end that nobody answers (1,000 is what is asked)
  --webhook-backlog N  the events of that backlog (50,000)
  --webhook-endpoints N  instead of all that: what a standalone holds while that backlog waits for N dead endpoints
  --webhook-messages N the messages of a burst for five endpoints (2,000)
  --generators N       processes that make the load (1)
  --seed N             of the send times (1)
  --json FILE          the whole result as JSON
  --profile DIR        CPU profiles of the processes under test
  --help
  --curves             what grows with what, in place of all this: see --curves --help

The cluster uses the Kafka and Cassandra named by SENDSAR_KAFKA_BROKERS and SENDSAR_CASSANDRA_CONTACT_POINTS, else
containers. The exit code is 1 when an invariant was broken and 2 when the generator was too busy to measure anything.
`;

/** @returns null when help was asked for. Throws on an unknown flag or a value that is no number. */
export function parseOptions(args: readonly string[]): BenchOptions | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      standalone: flag,
      cluster: flag,
      quick: flag,
      "no-ramp": flag,
      help: flag,
      webhooks: flag,
      rate: text,
      rooms: text,
      seconds: text,
      windows: text,
      connections: text,
      history: text,
      "closed-rooms": text,
      "ramp-from": text,
      "ramp-max": text,
      "ramp-rooms": text,
      "ramp-seconds": text,
      "hand-over": text,
      "webhook-backlog": text,
      "webhook-endpoints": text,
      features: text,
      calls: text,
      "webhook-messages": text,
      generators: text,
      seed: text,
      json: text,
      profile: text,
    },
  });
  if (values.help) return null;

  const number = (name: keyof typeof values, usual: number, least = 1): number => {
    const given = values[name];
    if (given === undefined) return usual;
    const value = Number(given);
    if (Number.isInteger(value) && value >= least) return value;
    throw new Error(`--${name} must be a whole number from ${least}`);
  };
  const { quick } = values;
  const modes = (["standalone", "cluster"] as const).filter((mode) => values[mode]);
  return {
    modes: modes.length === 0 ? ["standalone", "cluster"] : modes,
    rate: number("rate", 200),
    rooms: number("rooms", 100),
    seconds: number("seconds", quick ? 4 : 20),
    windows: number("windows", quick ? 2 : 4),
    connections: number("connections", quick ? 1_000 : 5_000, 0),
    history: number("history", quick ? 2_000 : 10_000, 0),
    closedRooms: number("closed-rooms", quick ? 2_000 : 10_000, 0),
    reads: quick ? 200 : 1_000,
    warmUpSeconds: quick ? 1 : 3,
    settleSeconds: quick ? 5 : 12,
    ramp: !values["no-ramp"],
    rampRooms: number("ramp-rooms", 250),
    rampSeconds: number("ramp-seconds", quick ? 2 : 4),
    rampFrom: values["ramp-from"] === undefined ? null : number("ramp-from", 1),
    rampMax: number("ramp-max", 50_000),
    handOvers: number("hand-over", 0),
    webhookBacklog: values.webhooks ? number("webhook-backlog", quick ? 2_000 : 50_000) : 0,
    webhookEndpoints: number("webhook-endpoints", 0),
    featureRounds: number("features", 0),
    calls: number("calls", 0),
    webhookMessages: number("webhook-messages", quick ? 500 : 2_000),
    generators: number("generators", 1),
    seed: number("seed", 1),
    json: values.json ?? null,
    profile: values.profile ?? null,
  };
}
