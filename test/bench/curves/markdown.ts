import { markdownTable } from "../report/markdown-table.ts";
import type { Measured } from "../windows.ts";
import { deliveriesSeen, type NodesStep } from "./nodes.ts";
import type { CurveOptions } from "./options.ts";
import { gatewayCount, type RoomSize } from "./rooms.ts";
import type { Curves } from "./run.ts";
import type { StormResult } from "./storm.ts";
import { curveTargets } from "./targets.ts";

/** All curves that were measured, each with a table that a document can take as it is. */
export function curvesText(curves: Curves, options: CurveOptions): string {
  const { nodes, rooms, idle, storm, noisy } = curves;
  const parts = [
    ...(nodes === null ? [] : [nodesText(nodes)]),
    ...(rooms === null ? [] : [roomsText(rooms, options)]),
    ...(idle === null ? [] : [idleText(idle)]),
    ...(storm === null ? [] : [stormText(storm, options)]),
    ...(noisy === null ? [] : [noisyText(noisy, options)]),
    targetsText(curves),
    problems("BROKEN", brokenOf(curves)),
    problems("INVALID, the generator was too busy to measure", invalidOf(curves)),
  ];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** What may not be: losses, repeats, clients that did not come back. */
export function brokenOf({ nodes, rooms, storm, noisy, idle }: Curves): string[] {
  return [
    ...(nodes ?? []).flatMap(({ broken }) => broken),
    ...(rooms ?? []).flatMap(({ members, broken }) => broken.map((what) => `room of ${members}: ${what}`)),
    ...(idle ?? []).flatMap(({ mode, lost }) =>
      lost === 0 ? [] : [`${mode}: ${lost} idle sockets were closed`],
    ),
    ...(storm?.broken ?? []),
    ...(noisy ?? []).flatMap(({ broken }) => broken),
  ];
}

export function invalidOf({ nodes, rooms }: Curves): string[] {
  return [
    ...(nodes ?? []).flatMap(({ gateways, invalid }) => invalid.map((why) => `${gateways} gateways: ${why}`)),
    ...(rooms ?? []).flatMap(({ members, invalid }) => invalid.map((why) => `room of ${members}: ${why}`)),
  ];
}

const ms = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const pair = ({ p50, p99 }: Measured) => `${ms(p50.medianMs)} / ${ms(p99.medianMs)}`;
const times = (value: number, of: number) => `${(value / of).toFixed(1)} ×`;
const micros = (value: number) => value.toFixed(value < 100 ? 1 : 0);

function nodesText(steps: readonly NodesStep[]): string {
  const ramped = steps.some(({ heldPerSecond }) => heldPerSecond !== null);
  return [
    "### Nodes",
    "",
    `${steps[0]?.perSecond} msg/s in two-person rooms, ms (p50 / p99). All nodes, Kafka, Cassandra and the generator share this machine's cores: more nodes cannot be faster here, and the table shows what more nodes cost. CPU is that of the product's processes.`,
    "",
    markdownTable([
      [
        "gateways + fanouts",
        ...["send → ack", "send → deliver", "ws echo (floor)", "deliver / floor, p50"],
        ...["CPU µs per message", "per delivered message", "RSS MiB"],
        ...["deliveries per message", "gateways with interest"],
        ...(ramped ? ["highest rate held, msg/s"] : []),
      ],
      ...steps.map((step) => [
        `${step.gateways} + ${step.fanouts}`,
        ...[pair(step.ack), pair(step.deliver), pair(step.floor)],
        times(step.deliver.p50.medianMs, step.floor.p50.medianMs),
        ...[micros(step.cpuMicrosPerMessage), micros(step.cpuMicrosPerMessage / deliveriesSeen)],
        (step.rssBytes / 2 ** 20).toFixed(0),
        ...[step.deliveriesPerMessage.toFixed(2), step.interestedPerMessage.toFixed(2)],
        ...(ramped ? [String(step.heldPerSecond ?? "")] : []),
      ]),
    ]),
    "",
    markdownTable([
      ["CPU µs per message", ...Object.keys(steps[0]?.cpuMicrosByService ?? {})],
      ...steps.map(({ gateways, fanouts, cpuMicrosByService }) => [
        `${gateways} + ${fanouts}`,
        ...Object.values(cpuMicrosByService).map(micros),
      ]),
    ]),
  ].join("\n");
}

function roomsText(steps: readonly RoomSize[], { rooms }: CurveOptions): string {
  return [
    "### Rooms",
    "",
    `One room over ${gatewayCount} gateways, ${rooms.perSecond} msg/s, ms (p50 / p99) from the time a message was due until its first and its last member had it. Floor: ${gatewayCount} bare ws servers that send the same bytes to as many sockets.`,
    "",
    markdownTable([
      [
        "members",
        ...["first member", "last member", "floor, first", "floor, last", "last / floor, p50"],
        ...["CPU µs per delivery", "gateways alone", "floor"],
        "messages",
      ],
      ...steps.map(({ members, product, floor, gatewayMicrosPerDelivery }) => [
        members.toLocaleString("en"),
        ...[product.first, product.last, floor.first, floor.last].map(pair),
        times(product.last.p50.medianMs, floor.last.p50.medianMs),
        ...[product.cpuMicrosPerDelivery, gatewayMicrosPerDelivery, floor.cpuMicrosPerDelivery].map(micros),
        String(product.sent),
      ]),
    ]),
  ].join("\n");
}

function idleText(steps: NonNullable<Curves["idle"]>): string {
  const kib = (bytes: number) => (bytes / 1_024).toFixed(1);
  return [
    "### Idle connections",
    "",
    markdownTable([
      ["process", "connections", "KiB of RSS each", "second half", "connect p50 / p99 ms"],
      ...steps.flatMap(({ mode, perProcess, connections, handshake }) =>
        perProcess
          .filter(({ service }) => service === "gateway" || mode === "standalone")
          .map(({ service, bytesEach, bytesEachLater }) => [
            mode === "standalone" ? mode : service,
            connections.toLocaleString("en"),
            ...[kib(bytesEach), kib(bytesEachLater), pair(handshake)],
          ]),
      ),
    ]),
  ].join("\n");
}

function stormText(storm: StormResult, { storm: plan }: CurveOptions): string {
  const spread = ({ p50, p99 }: Measured, most: number) => [ms(p50.medianMs), ms(p99.medianMs), ms(most)];
  const calls = Object.entries(storm.storeCallsPerClient).map(
    ([name, count]) => `${name} ${count.toFixed(2)}`,
  );
  return [
    "### Reconnect storm",
    "",
    `${storm.clients} clients in two-person rooms over two gateways, ${plan.perSecond} msg/s, usual limits; one gateway killed. ${storm.lost} clients lost their connection and came back with the SDK's pauses: ${storm.whole} whole (${storm.missedEvents} missed events), ${storm.gaps} with a gap; ${storm.attempts} attempts, ${storm.turnedAway} of them told to come later.`,
    "",
    markdownTable([
      ["ms", "p50", "p99", "max"],
      ["connection lost → connected", ...spread(storm.outage, storm.outageMaxMs)],
      ["connection lost → nothing missing", ...spread(storm.caughtUp, storm.caughtUpMaxMs)],
      ["attempt → connected", ...spread(storm.handshake, storm.handshakeMaxMs)],
    ]),
    "",
    `Calls of the store for each of them: ${calls.length === 0 ? "none" : calls.join(", ")}.`,
  ].join("\n");
}

function noisyText(steps: NonNullable<Curves["noisy"]>, { noisy }: CurveOptions): string {
  const rows = steps.flatMap((step) => {
    const { mode, alone, beside } = step;
    const row = (name: string, of: "ack" | "deliver" | "floor") => [
      `${mode}: ${name}`,
      ...[pair(alone[of]), pair(beside[of])],
      times(beside[of].p99.medianMs, alone[of].p99.medianMs),
    ];
    return [row("send → ack", "ack"), row("send → deliver", "deliver"), row("ws echo (floor)", "floor")];
  });
  const noise = steps.map(
    ({ mode, acceptedPerSecond, accepted, refused, heldBack }) =>
      `${mode}: ${acceptedPerSecond.toFixed(0)} msg/s of it were taken (${accepted}), ${refused} refused as too many, ${heldBack} held back for want of an answer`,
  );
  return [
    "### A noisy tenant",
    "",
    `A tenant at ${noisy.perSecond} msg/s, ms (p50 / p99), alone and beside one with ${noisy.senders} users who try ${noisy.perSecondEach} msg/s each, with the usual limits. ${noise.join("; ")}.`,
    "",
    markdownTable([["", "alone", "beside", "p99, beside / alone"], ...rows]),
  ].join("\n");
}

function targetsText(curves: Curves): string {
  const targets = curveTargets(curves);
  if (targets.length === 0) return "";
  const rows = targets.map(({ what, bound, measured, met }) => [
    what,
    bound,
    measured,
    met ? "met" : "MISSED",
  ]);
  return ["### Targets", "", markdownTable([["target", "bound", "here", ""], ...rows])].join("\n");
}

function problems(what: string, found: readonly string[]): string {
  return found.length === 0 ? "" : [`${what}:`, ...found.slice(0, 20).map((one) => `  ${one}`)].join("\n");
}
