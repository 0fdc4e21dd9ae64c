import { parseArgs } from "node:util";
import type { Mode } from "../options.ts";

export const curveNames = ["nodes", "rooms", "idle", "storm", "noisy"] as const;
type CurveName = (typeof curveNames)[number];

export interface NodesPlan {
  /** So many gateways and as many fanouts, in turn. */
  readonly counts: readonly number[];
  /** Messages per second, the same for each. */
  readonly perSecond: number;
  readonly rooms: number;
  readonly seconds: number;
  readonly windows: number;
  /** Look for the highest rate held as well; null: do not. */
  readonly ramp: {
    readonly rampRooms: number;
    readonly rampSeconds: number;
    readonly rampMax: number;
  } | null;
}
export interface RoomsPlan {
  /** Members, smallest first. */
  readonly sizes: readonly number[];
  readonly perSecond: number;
  /** Of one window; floor and product have as many each, in turn. */
  readonly seconds: number;
  readonly windows: number;
}
export interface IdlePlan {
  readonly connections: number;
  readonly settleSeconds: number;
}
export interface StormPlan {
  readonly clients: number;
  /** Messages per second in their rooms before and meanwhile. */
  readonly perSecond: number;
  /** Before the gateway is killed, to know what those messages read by themselves. */
  readonly calmSeconds: number;
  readonly backWithinSeconds: number;
}
export interface NoisyPlan {
  readonly perSecond: number;
  readonly rooms: number;
  readonly senders: number;
  /** What each of them tries; by itself the product lets a user send 100. */
  readonly perSecondEach: number;
  readonly seconds: number;
  readonly floorSeconds: number;
  readonly rounds: number;
}

export interface CurveOptions {
  readonly only: readonly CurveName[];
  /** Of the idle and the noisy curve; the others need several gateways. */
  readonly modes: readonly Mode[];
  readonly seed: number;
  readonly warmUpSeconds: number;
  readonly nodes: NodesPlan;
  readonly rooms: RoomsPlan;
  readonly idle: IdlePlan;
  readonly storm: StormPlan;
  readonly noisy: NoisyPlan;
  readonly json: string | null;
}

export const curveUsage = `npm run bench -- --curves [options]

What grows with what: one table for each curve, in Markdown, with the floor of the same minutes where there is one.

  nodes    1, 2 and 4 gateways with as many fanouts at one rate: latency, CPU, deliveries for each message
  rooms    a room of 2 to 10,000 members over 2 gateways: first and last delivery beside a bare broadcast
  idle     memory of idle connections
  storm    clients that come back when their gateway was killed
  noisy    a quiet tenant alone, and beside one that sends more than it may

  --quick              about 4 minutes in place of 12: fewer and shorter steps, rooms up to 1,000
  --only LIST          of these names, with commas
  --standalone         idle and noisy only there     } both unless one is named
  --cluster            idle and noisy only there     }
  --rate N             messages per second of nodes (200)
  --ramp               nodes: the highest rate held as well; some minutes more
  --connections N      of idle (10,000)
  --clients N          of storm (1,000)
  --senders N          of the noisy tenant (2)
  --seed N             of the send times (1)
  --json FILE          the whole result as JSON
`;

/** @returns null when help was asked for. Throws on an unknown flag or a value that is no number. */
export function parseCurveOptions(args: readonly string[]): CurveOptions | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ curves: flag, quick: flag, standalone: flag, cluster: flag, ramp: flag, help: flag },
      ...{ only: text, rate: text, connections: text, clients: text, senders: text, seed: text, json: text },
    },
  });
  if (values.help) return null;

  const number = (name: "rate" | "connections" | "clients" | "senders" | "seed", usual: number): number => {
    const given = values[name];
    if (given === undefined) return usual;
    const value = Number(given);
    if (Number.isInteger(value) && value >= 1) return value;
    throw new Error(`--${name} must be a whole number from 1`);
  };
  const { quick } = values;
  const modes = (["standalone", "cluster"] as const).filter((mode) => values[mode]);
  return {
    only: values.only === undefined ? curveNames : values.only.split(",").map(curveNamed),
    modes: modes.length === 0 ? ["standalone", "cluster"] : modes,
    seed: number("seed", 1),
    warmUpSeconds: quick ? 1 : 3,
    nodes: {
      counts: quick ? [1, 2] : [1, 2, 4],
      perSecond: number("rate", 200),
      rooms: 100,
      seconds: quick ? 4 : 8,
      windows: quick ? 1 : 2,
      ramp: values.ramp ? { rampRooms: 100, rampSeconds: quick ? 2 : 4, rampMax: 5_000 } : null,
    },
    rooms: {
      sizes: quick ? [2, 100, 1_000] : [2, 10, 100, 1_000, 10_000],
      perSecond: 5,
      seconds: quick ? 4 : 8,
      windows: quick ? 1 : 2,
    },
    idle: { connections: number("connections", quick ? 2_000 : 10_000), settleSeconds: quick ? 4 : 8 },
    storm: {
      clients: number("clients", quick ? 200 : 1_000),
      perSecond: 20,
      calmSeconds: quick ? 3 : 5,
      backWithinSeconds: 60,
    },
    noisy: {
      perSecond: 20,
      rooms: 10,
      senders: number("senders", 2),
      perSecondEach: 200,
      // With its floor as long as the window in which a user's sends are counted.
      seconds: 8,
      floorSeconds: quick ? 2 : 4,
      rounds: quick ? 1 : 2,
    },
    json: values.json ?? null,
  };
}

function curveNamed(name: string): CurveName {
  const found = curveNames.find((one) => one === name.trim());
  if (found === undefined) throw new Error(`"${name}" is no curve: ${curveNames.join(", ")}`);
  return found;
}
