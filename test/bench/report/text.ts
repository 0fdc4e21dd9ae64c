import type { HighestRate } from "../highest-rate.ts";
import type { BenchOptions } from "../options.ts";
import type { ModeResult } from "../run.ts";
import { targetsOf } from "../targets.ts";
import { bounds } from "../verdict.ts";
import type { Measured, Spread } from "../windows.ts";
import { tableOf } from "./table.ts";

const titles = {
  standalone: "Standalone: one process, embedded engines, every ack on disk",
  cluster: "Cluster: one process per service, Kafka and Cassandra",
};

/** Which floor each figure stands on. */
const floors: Readonly<Record<string, string>> = {
  "send → ack": "ws echo (floor)",
  "send → deliver": "ws echo (floor)",
  "REST send → 201": "http echo (floor)",
  "REST send → deliver": "http echo (floor)",
};
const pipeFloor = "pipe: end to end (floor)";

/** All of one deployment, for people. */
export function textOf(result: ModeResult, options: BenchOptions): string {
  const { fixed, highest, idle } = result;
  const seconds = options.seconds / options.windows;
  return [
    `\n${titles[result.mode]}`,
    `${"=".repeat(titles[result.mode].length)}`,
    `${fixed.perSecond} msg/s in ${options.rooms} two-person rooms; ms from the time a message was due; median of ${options.windows} windows of ${seconds} s [least–most]`,
    "",
    latencyTable(result),
    "",
    processTable(result),
    cpuLine(result),
    generatorLine(result),
    "",
    ...(highest === null ? [] : [rampText(highest), ""]),
    ...(idle === null ? [] : [...idleLines(result), ""]),
    invariantLine(result),
    "",
    tableOf([
      ["target", "bound", "here", ""],
      ...targetsOf(result).map(({ what, bound, measured, verdict }) => [
        what,
        bound,
        measured,
        verdict === "met" ? verdict : verdict.toUpperCase(),
      ]),
    ]),
    ...validityLines(result),
    "",
  ].join("\n");
}

function latencyTable({ fixed: { latencies }, history, roomLists }: ModeResult): string {
  const pipeMs = latencies[pipeFloor]?.p50.medianMs;
  const rows = [
    ["", "p50", "p95", "p99", "p99.9", "p50 / echo", ...(pipeMs === undefined ? [] : ["p50 / pipe"])],
  ];
  const add = (name: string, { p50, p95, p99, p999 }: Measured): void => {
    const floorMs = latencies[floors[name] ?? ""]?.p50.medianMs;
    const ratio = (floor: number | undefined) =>
      floor === undefined ? "" : `${(p50.medianMs / floor).toFixed(1)} ×`;
    const ratios = [
      ratio(floorMs),
      ...(pipeMs === undefined ? [] : [floorMs === undefined ? "" : ratio(pipeMs)]),
    ];
    rows.push([name, ...[p50, p95, p99, p999].map(shown), ...ratios]);
  };
  for (const [name, value] of Object.entries(latencies)) add(name, value);
  if (history !== null) {
    add(`history over REST, last 50 of ${history.messages}`, history.rest);
    add(`history over WebSocket, last 50 of ${history.messages}`, history.ws);
  }
  if (roomLists !== null) {
    const { closed, open, archive, handshake } = roomLists;
    add(`room list over REST, beside ${closed} closed`, open);
    add(`first page of an archive of ${closed}`, archive);
    add(`connect → connected, beside ${closed} closed`, handshake);
  }
  return tableOf(rows);
}

function shown({ medianMs, leastMs, mostMs }: Spread): string {
  const digits = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  return leastMs === mostMs ? digits(medianMs) : `${digits(medianMs)} [${digits(leastMs)}–${digits(mostMs)}]`;
}

function processTable({ fixed, highest }: ModeResult): string {
  const atHighest = new Map(highest?.processes.map((usage) => [usage.pid, usage]));
  const percent = (share: number | undefined) => (share === undefined ? "" : `${(share * 100).toFixed(0)} %`);
  const mib = (bytes: number | undefined) =>
    bytes === undefined ? "" : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return tableOf([
    ["process", "CPU", "RSS", ...(atHighest.size === 0 ? [] : ["CPU at highest", "RSS at highest"])],
    ...fixed.processes.map(({ service, pid, cpuShare, rssBytes }) => {
      const high = atHighest.get(pid);
      const more = atHighest.size === 0 ? [] : [percent(high?.cpuShare), mib(high?.rssBytes)];
      return [service, percent(cpuShare), mib(rssBytes), ...more];
    }),
  ]);
}

function cpuLine({ fixed, highest }: ModeResult): string {
  const at = (rate: number, micros: number) => `${micros.toFixed(0)} µs at ${rate} msg/s`;
  const high =
    highest === null || highest.heldPerSecond === 0
      ? ""
      : `, ${at(highest.heldPerSecond, highest.cpuMicrosPerMessage)}`;
  return `CPU of the product for each message: ${at(fixed.perSecond, fixed.cpuMicrosPerMessage)}${high}`;
}

function generatorLine({ fixed: { generator } }: ModeResult): string {
  const { loopUtilisationMax, cpuShareMax, latenessP99 } = generator;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return `generator: event loop ${percent(loopUtilisationMax)} busy at most, CPU ${percent(cpuShareMax)}, sends late by ${shown(latenessP99)} ms (p99)`;
}

function rampText({ heldPerSecond, steps, endedBy, ack, deliver }: HighestRate): string {
  const what = `highest rate held: ${heldPerSecond} msg/s${endedBy === "product" ? "" : " at least"}`;
  const how = `every message acknowledged and seen by both members, send→ack p99 ≤ ${bounds.ackP99MsMax} ms, send→deliver p99 ≤ ${bounds.deliverP99MsMax} ms`;
  const at =
    ack === null || deliver === null || heldPerSecond === 0
      ? []
      : [
          `  there: send→ack p50 ${shown(ack.p50)}, p99 ${shown(ack.p99)} ms; send→deliver p50 ${shown(deliver.p50)}, p99 ${shown(deliver.p99)} ms`,
        ];
  const end = steps.findLast(({ verdict }) => verdict !== "held");
  const next = end === undefined ? [] : [`  ${end.perSecond} msg/s: ${end.verdict}, ${end.why}`];
  const invalid =
    endedBy === "generator"
      ? ["  INVALID as a limit: the generator gave out, or the machine had no time for it"]
      : [];
  return [`${what} (${how})`, ...at, ...next, ...invalid].join("\n");
}

function idleLines({ idle }: ModeResult): string[] {
  if (idle === null) return [];
  const kib = (bytes: number) => `${(bytes / 1_024).toFixed(1)} KiB`;
  return [
    `${idle.connections} idle connections${idle.lost === 0 ? "" : `, of which ${idle.lost} WERE LOST`}; connect p50 ${shown(idle.handshake.p50)}, p99 ${shown(idle.handshake.p99)} ms (16 at once)`,
    ...idle.perProcess.map(
      ({ service, bytesEach, bytesEachLater }) =>
        `  ${service}: ${kib(bytesEach)} of RSS each; the second half ${kib(bytesEachLater)} each`,
    ),
  ];
}

function invariantLine({ fixed, highest }: ModeResult): string {
  const broken = [...fixed.broken, ...(highest?.broken ?? [])];
  const messages = fixed.messages + (highest?.messages ?? 0);
  if (broken.length > 0) {
    return [`INVARIANTS BROKEN (${broken.length}):`, ...broken.slice(0, 20).map((what) => `  ${what}`)].join(
      "\n",
    );
  }
  const unapplied = fixed.unapplied === 0 ? "" : ` (${fixed.unapplied} REST sends were answered 202)`;
  return `invariants: nothing lost, invented, repeated or reordered; ${messages} messages compared with the history${unapplied}`;
}

function validityLines({ fixed: { invalid, discardedWindows } }: ModeResult): string[] {
  const again =
    discardedWindows === 0
      ? []
      : [
          "",
          `${discardedWindows} windows were measured again: the machine had no time for the generator in them`,
        ];
  if (invalid.length === 0) return again;
  return [
    ...again,
    "",
    `INVALID: ${invalid.length} windows measured the generator, not the product:`,
    ...invalid.slice(0, 5).map((why) => `  ${why}`),
  ];
}
