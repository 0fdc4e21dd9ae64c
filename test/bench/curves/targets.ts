import type { Curves } from "./run.ts";

/** A promise about how the product grows, and what this run says of it. */
export interface CurveTarget {
  readonly what: string;
  readonly bound: string;
  readonly measured: string;
  readonly met: boolean;
}

const lastMemberOverFloorMax = 2;
const largeRoomMembers = 1_000;
const idleConnectionBytesMax = 16 * 1_024;
const quietP99OverAloneMax = 2;

export function curveTargets({ nodes, rooms, idle, storm, noisy }: Curves): CurveTarget[] {
  return [
    ...(nodes ?? []).map(({ gateways, deliveriesPerMessage, interestedPerMessage }) => ({
      what: `deliveries for each message, ${gateways} gateways`,
      bound: `${interestedPerMessage.toFixed(2)} gateways with interest`,
      measured: deliveriesPerMessage.toFixed(2),
      met: Math.abs(deliveriesPerMessage - interestedPerMessage) < 0.01,
    })),
    ...(rooms ?? [])
      .filter(({ members }) => members === largeRoomMembers)
      .map(({ members, product, floor }) => {
        const ratio = product.last.p50.medianMs / floor.last.p50.medianMs;
        return {
          what: `last of ${members} members, p50`,
          bound: `≤ ${lastMemberOverFloorMax} × floor`,
          measured: `${ratio.toFixed(2)} × floor`,
          met: ratio <= lastMemberOverFloorMax,
        };
      }),
    ...(idle ?? []).flatMap(({ perProcess, mode, connections }) =>
      perProcess
        .filter(({ service }) => mode === "cluster" && service === "gateway")
        .map(({ bytesEach }) => ({
          what: `an idle connection of ${connections}, RSS of the gateway`,
          bound: `≤ ${idleConnectionBytesMax / 1_024} KiB`,
          measured: `${(bytesEach / 1_024).toFixed(1)} KiB`,
          met: bytesEach <= idleConnectionBytesMax,
        })),
    ),
    ...(storm === null
      ? []
      : [
          {
            what: "clients back after their gateway was killed, whole",
            bound: "all",
            measured: `${storm.whole} of ${storm.lost}`,
            met: storm.whole === storm.lost && storm.lost > 0,
          },
        ]),
    ...(noisy ?? []).map(({ mode, alone, beside }) => {
      const ratio = beside.deliver.p99.medianMs / alone.deliver.p99.medianMs;
      return {
        what: `quiet tenant beside a noisy one, send → deliver p99, ${mode}`,
        bound: `< ${quietP99OverAloneMax} × alone`,
        measured: `${ratio.toFixed(2)} × alone`,
        met: ratio < quietP99OverAloneMax,
      };
    }),
  ];
}
