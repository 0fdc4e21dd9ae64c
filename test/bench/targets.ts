import type { HighestRate } from "./highest-rate.ts";
import type { Mode } from "./options.ts";
import type { ModeResult } from "./run.ts";

/** A promise of the product, and what this run says of it. */
export interface Target {
  readonly what: string;
  readonly bound: string;
  readonly measured: string;
  /** unknown: the generator gave out before the product did. */
  readonly verdict: "met" | "missed" | "unknown";
}

const ms = (value: number) => `${value.toFixed(2)} ms`;

function atMost(
  what: string,
  value: number | undefined,
  max: number,
  show: (value: number) => string,
): Target[] {
  if (value === undefined || Number.isNaN(value)) return [];
  return [{ what, bound: `≤ ${show(max)}`, measured: show(value), verdict: value <= max ? "met" : "missed" }];
}

const heldPerSecondMin = 5_000;

function highestRateOf(highest: HighestRate | null): Target[] {
  if (highest === null) return [];
  const { heldPerSecond, endedBy } = highest;
  const short = endedBy === "product" ? "missed" : "unknown";
  return [
    {
      what: "highest rate held",
      bound: `≥ ${heldPerSecondMin} msg/s`,
      measured: `${heldPerSecond} msg/s`,
      verdict: heldPerSecond >= heldPerSecondMin ? "met" : short,
    },
  ];
}

export function targetsOf(result: ModeResult): Target[] {
  return targetsByMode[result.mode](result);
}

const targetsByMode: Readonly<Record<Mode, (result: ModeResult) => Target[]>> = {
  standalone: ({ fixed, history, roomLists, highest, idle }) => {
    const { latencies } = fixed;
    return [
      ...atMost("send → ack, p50", latencies["send → ack"]?.p50.medianMs, 2, ms),
      ...atMost("send → ack, p99", latencies["send → ack"]?.p99.medianMs, 15, ms),
      ...atMost("send → deliver, p50", latencies["send → deliver"]?.p50.medianMs, 3, ms),
      ...atMost("last 50 messages over REST, p50", history?.rest.p50.medianMs, 2, ms),
      ...atMost("last 50 messages over WebSocket, p50", history?.ws.p50.medianMs, 2, ms),
      ...atMost("room list beside many closed, p50", roomLists?.open.p50.medianMs, 5, ms),
      ...atMost("connect beside many closed, p50", roomLists?.handshake.p50.medianMs, 10, ms),
      ...highestRateOf(highest),
      ...atMost(
        "an idle connection",
        idle?.perProcess[0]?.bytesEach,
        25 * 1_024,
        (bytes) => `${(bytes / 1_024).toFixed(1)} KiB`,
      ),
    ];
  },
  cluster: ({ fixed: { latencies } }) => {
    const floorMs = latencies["pipe: end to end (floor)"]?.p50.medianMs ?? Number.NaN;
    const deliverMs = latencies["send → deliver"]?.p50.medianMs ?? Number.NaN;
    const times = (value: number) => `${value.toFixed(2)} × floor`;
    return [
      ...atMost("REST send → 201, p50", latencies["REST send → 201"]?.p50.medianMs, 10, ms),
      ...atMost("send → deliver, p50", deliverMs / floorMs, 2, times),
    ];
  },
};
