import { tableOf } from "../report/table.ts";
import type { HandOvers, Pause } from "./hand-over.ts";

/** For people: the median of the rounds, and the least and most of them. */
export function handOverText({ pauses, quietMs, messages, lost, closes }: HandOvers): string {
  const rows = [...Map.groupBy(pauses, ({ event }) => event)].map(([event, rounds]) => [
    event,
    spread(rounds, ({ movedPartitions }) => movedPartitions),
    spread(rounds, ({ movedMs }) => movedMs),
    spread(rounds, ({ stayedMs }) => stayedMs),
  ]);
  return [
    "",
    "Longest time from when a message was due to its delivery, ms: median [least–most]",
    "",
    tableOf([["a fanout node …", "partitions moved", "in rooms of those", "in other rooms"], ...rows]),
    "",
    `without a hand-over: ${quietMs} ms; ${messages} messages, ${lost} lost; ${closes} sockets closed`,
    "",
  ].join("\n");
}

function spread(rounds: readonly Pause[], of: (pause: Pause) => number): string {
  const sorted = rounds.map(of).toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return `${middle} [${sorted[0]}–${sorted.at(-1)}]`;
}
