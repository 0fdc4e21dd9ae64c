import { startChild } from "../child.ts";
import { Cleanup } from "../cleanup.ts";
import { makeCluster } from "../deployments.ts";
import { Fleet } from "../fleet.ts";
import type { EchoMethods } from "../floor/echo-main.ts";
import type { CrewPlan } from "../generator/crew.ts";
import type { WindowReport } from "../generator/tally.ts";
import { measureHighestRate } from "../highest-rate.ts";
import { echoRooms, makeRooms } from "../product.ts";
import { cpuMicrosPerMessage, startUsage, type Usage } from "../usage.ts";
import { losses } from "../verdict.ts";
import { type Measured, measured } from "../windows.ts";
import { believed, faultOf } from "./believed.ts";
import { countsSince, readCounts } from "./metric-counts.ts";
import type { NodesPlan } from "./options.ts";
import type { CurveRun } from "./run.ts";

export interface NodesStep {
  readonly gateways: number;
  readonly fanouts: number;
  readonly perSecond: number;
  readonly ack: Measured;
  readonly deliver: Measured;
  readonly floor: Measured;
  /** Of the product's own processes: Kafka and Cassandra are not in it. */
  readonly cpuMicrosPerMessage: number;
  readonly cpuMicrosByService: Readonly<Record<string, number>>;
  readonly rssBytes: number;
  /** As fanout counted them. */
  readonly deliveriesPerMessage: number;
  /** Gateways with a member of the room: what the deliveries must be. */
  readonly interestedPerMessage: number;
  readonly heldPerSecond: number | null;
  readonly broken: readonly string[];
  readonly invalid: readonly string[];
}

/** Each message of a two-person room is seen by two sockets. */
export const deliveriesSeen = 2;
const settleMsMax = 20_000;
const from = 100;

/** The same rate on more and more nodes of one machine: what more nodes cost, and what they must not. */
export async function measureNodes(plan: NodesPlan, run: CurveRun): Promise<NodesStep[]> {
  const steps: NodesStep[] = [];
  for (const count of plan.counts) {
    run.progress(`nodes: ${count} gateways and ${count} fanouts at ${plan.perSecond} msg/s`);
    const made = new Cleanup();
    run.cleanup.add(() => made.endAll());
    steps.push(await measureCount(count, plan, run, made));
    await run.cleanup.endLast();
  }
  return steps;
}

async function measureCount(
  count: number,
  plan: NodesPlan,
  { options, progress }: CurveRun,
  made: Cleanup,
): Promise<NodesStep> {
  const { perSecond } = plan;
  const fleet = new Fleet(1, options.seed);
  made.add(() => fleet.stop());
  const echo = startChild<EchoMethods>("./floor/echo-main.ts");
  made.add(() => echo.stop());
  const { url } = await echo.call("listen", null);
  const { deployment } = await makeCluster(null, made, { nodes: { gateway: count, fanout: count } });
  const { processes } = deployment;
  const crew = await makeRooms(deployment, "nodes", plan.rooms);
  await fleet.connect("rooms", crew);
  await fleet.connect("echo", echoRooms(url, plan.rooms));

  const load = { perSecond, seconds: plan.seconds, via: "ws", settleMsMax } as const;
  for (const name of ["echo", "rooms"]) await fleet.run(name, { ...load, seconds: options.warmUpSeconds });
  const floors: WindowReport[] = [];
  const reports: WindowReport[] = [];
  const usages: Usage[][] = [];
  const readEvents = () => readCounts(processes, "sendsar_fanout_deliveries_total", "type");
  const broken: string[] = [];
  let deliveries = 0;
  for (let window = 0; window < plan.windows; window++) {
    floors.push(
      await believed(
        () => fleet.run("echo", load),
        ({ health }) => health,
      ),
    );
    const measure = async () => {
      const before = await readEvents();
      const readUsage = await startUsage(processes);
      const report = await fleet.run("rooms", load);
      const usage = await readUsage();
      broken.push(...report.violations, ...losses(report));
      return { report, usage, events: countsSince(before, await readEvents()).get("event") ?? 0 };
    };
    const { report, usage, events } = await believed(measure, (one) => one.report.health);
    reports.push(report);
    usages.push(usage);
    deliveries += events;
  }
  const { violations } = await fleet.compare("rooms", 1);
  const sent = reports.reduce((sum, report) => sum + report.sent, 0);
  const highest =
    plan.ramp === null
      ? null
      : await measureHighestRate({
          options: plan.ramp,
          fleet,
          target: deployment,
          processes,
          from,
          progress,
        });
  return {
    ...{ gateways: count, fanouts: count, perSecond },
    ack: measured(reports.map(({ ack }) => ack)),
    deliver: measured(reports.map(({ deliver }) => deliver)),
    floor: measured(floors.map(({ ack }) => ack)),
    cpuMicrosPerMessage: cpuMicrosPerMessage(usages.flat(), sent),
    cpuMicrosByService: cpuByService(usages.flat(), sent),
    rssBytes: (usages.at(-1) ?? []).reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    deliveriesPerMessage: deliveries / sent,
    interestedPerMessage: interestedPerRoom(crew),
    heldPerSecond: highest?.heldPerSecond ?? null,
    broken: [...broken, ...violations],
    invalid: [...reports, ...floors].flatMap(({ health }) => faultOf(health) ?? []),
  };
}

/** Gateways with a member of the room, over all rooms: messages go round the rooms. */
export function interestedPerRoom({ rooms }: Pick<CrewPlan, "rooms">): number {
  const gateways = rooms.map(({ members }) => new Set(members.map(({ url }) => url)).size);
  return gateways.reduce((sum, count) => sum + count, 0) / rooms.length;
}

function cpuByService(usages: readonly Usage[], messages: number): Record<string, number> {
  const services = new Set(usages.map(({ service }) => service));
  return Object.fromEntries(
    [...services].map((name) => [
      name,
      cpuMicrosPerMessage(
        usages.filter(({ service }) => service === name),
        messages,
      ),
    ]),
  );
}
