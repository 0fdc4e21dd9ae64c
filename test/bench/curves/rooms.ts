import { limits } from "#shared/limits.ts";
import { startChild } from "../child.ts";
import { makeCluster } from "../deployments.ts";
import type { BroadcastMethods } from "../floor/broadcast-main.ts";
import type { AudienceReport } from "../generator/audience.ts";
import type { MemberPlan } from "../generator/crew.ts";
import { KeepAlive } from "../generator/keep-alive.ts";
import type { GeneratorMethods } from "../generator/main.ts";
import { makeUsers, type Target } from "../product.ts";
import { scheduleOf } from "../schedule.ts";
import { cpuMicrosPerMessage, startUsage, type Usage, type Watched } from "../usage.ts";
import { type Measured, measured } from "../windows.ts";
import { believed, faultOf } from "./believed.ts";
import type { RoomsPlan } from "./options.ts";
import type { CurveRun } from "./run.ts";

/** One room of one size, or the bare broadcast to as many sockets. */
interface Spread {
  readonly sent: number;
  readonly deliveries: number;
  /** From the time a message was due until its first and its last member had it. */
  readonly first: Measured;
  readonly last: Measured;
  /** Of all its processes; of the product without Kafka and Cassandra. */
  readonly cpuMicrosPerDelivery: number;
}
export interface RoomSize {
  readonly members: number;
  readonly product: Spread;
  readonly floor: Spread;
  /** Of the product's gateways alone: what the floor's servers do. */
  readonly gatewayMicrosPerDelivery: number;
  /** Why figures cannot be believed. */
  readonly invalid: readonly string[];
  readonly broken: readonly string[];
}

export const gatewayCount = 2;
const settleMsMax = 20_000;

/** A room's size decides how many sockets a message is written to, and nothing else: fanout sends it to two gateways. */
export async function measureRooms(
  plan: RoomsPlan,
  { options, progress, cleanup }: CurveRun,
): Promise<RoomSize[]> {
  // Two, as one process may not hold all sockets of both.
  const [productSide, floorSide] = [startAudience(), startAudience()];
  cleanup.add(() => Promise.all([productSide.stop(), floorSide.stop()]).then(() => {}));
  const servers = Array.from({ length: gatewayCount }, () =>
    startChild<BroadcastMethods>("./floor/broadcast-main.ts"),
  );
  cleanup.add(() => Promise.all(servers.map((server) => server.stop())).then(() => {}));
  const urls = await Promise.all(servers.map(async (server) => (await server.call("listen", null)).url));
  const { deployment } = await makeCluster(null, cleanup, { nodes: { gateway: gatewayCount } });
  const watched = {
    product: deployment.processes,
    floor: servers.map(({ pid }): Watched => ({ service: "broadcast", pid, adminUrl: "" })),
  };

  progress(`rooms: making rooms of ${plan.sizes.join(", ")} members`);
  const most = Math.max(...plan.sizes);
  const members = await makeUsers(deployment, "rooms", most);
  for (const size of plan.sizes) await putRoom(deployment, roomOf(size), members.slice(0, size));

  const steps: RoomSize[] = [];
  let seed = options.seed;
  let sample: string | null = null;
  let joined = 0;
  for (const size of plan.sizes) {
    progress(`rooms: ${size} members, floor and product in turn`);
    const more = members.slice(joined, size);
    const bare = more.map((_, i) => bareMember(urls, joined + i));
    joined = size;
    const lost = [
      await productSide.call("joinAudience", { members: more }),
      await floorSide.call("joinAudience", { members: bare }),
    ];
    const broken = lost.flatMap((one) =>
      one.lost === 0 ? [] : [`${one.lost} sockets were closed by the server`],
    );
    const play = async (kind: "product" | "floor", seconds: number) => {
      seed += 1;
      const readUsage = await startUsage(watched[kind]);
      const side = kind === "product" ? productSide : floorSide;
      const report = await side.call("runAudience", {
        kind: kind === "product" ? "product" : "broadcast",
        ...{ roomId: roomOf(size), members: size, sample, settleMsMax },
        schedule: scheduleOf(plan.perSecond, seconds, seed),
      });
      sample ??= report.sample;
      if (kind === "product") broken.push(...missingOf(report, size));
      return { report, usage: await readUsage() };
    };
    await play("product", options.warmUpSeconds);
    await play("floor", options.warmUpSeconds);
    const windows = { product: [] as Window[], floor: [] as Window[] };
    for (let n = 0; n < plan.windows; n++) {
      for (const kind of ["floor", "product"] as const) {
        const window = await believed(
          () => play(kind, plan.seconds),
          ({ report }) => report.health,
        );
        windows[kind].push(window);
      }
    }
    const all = [...windows.product, ...windows.floor];
    steps.push({
      members: size,
      product: spreadOfWindows(windows.product),
      floor: spreadOfWindows(windows.floor),
      gatewayMicrosPerDelivery: microsPerDelivery(windows.product, "gateway"),
      invalid: all.flatMap(({ report }) => faultOf(report.health) ?? []),
      broken,
    });
  }
  await cleanup.endLast();
  await cleanup.endLast();
  await cleanup.endLast();
  return steps;
}

interface Window {
  readonly report: AudienceReport;
  readonly usage: readonly Usage[];
}

const roomOf = (size: number) => `hall-${size}`;

function startAudience() {
  return startChild<GeneratorMethods>("./generator/main.ts", { execArgv: ["--max-semi-space-size=64"] });
}

function bareMember(urls: readonly string[], i: number): MemberPlan {
  return { userId: `bare-${i}`, token: null, url: urls[i % urls.length] ?? "" };
}

/** As many members as a request takes, and again until all are there: each says only whom to add. */
async function putRoom(target: Target, roomId: string, members: readonly MemberPlan[]): Promise<void> {
  const http = new KeepAlive(target.url, target.apiKey);
  for (let i = 0; i < members.length; i += limits.roomPutMembersMax) {
    const body = JSON.stringify({
      type: "group",
      members: members.slice(i, i + limits.roomPutMembersMax).map(({ userId }) => ({ userId })),
    });
    // 202: it is not yet applied, and the next answer tells when it is.
    for (let status = 202; status === 202; ) {
      const answer = await http.send("PUT", `/v1/rooms/${roomId}`, null, body);
      ({ status } = answer);
      if (status >= 300) throw new Error(`${roomId}: ${status} ${answer.text}`);
    }
  }
  http.close();
}

function spreadOfWindows(windows: readonly Window[]): Spread {
  return {
    sent: windows.reduce((sum, { report }) => sum + report.sent, 0),
    deliveries: windows.reduce((sum, { report }) => sum + report.deliveries, 0),
    first: measured(windows.map(({ report }) => report.first)),
    last: measured(windows.map(({ report }) => report.last)),
    cpuMicrosPerDelivery: microsPerDelivery(windows),
  };
}

function microsPerDelivery(windows: readonly Window[], of?: string): number {
  const deliveries = windows.reduce((sum, { report }) => sum + report.deliveries, 0);
  const usages = windows.flatMap(({ usage }) => usage);
  return cpuMicrosPerMessage(
    of === undefined ? usages : usages.filter(({ service }) => service === of),
    deliveries,
  );
}

/** Every member is to have every message once. */
export function missingOf(
  report: Pick<AudienceReport, "sent" | "deliveries" | "stray" | "refused">,
  members: number,
): string[] {
  const missing = report.sent * members - report.deliveries;
  return [
    ...(missing === 0 ? [] : [`${missing} of ${report.sent * members} deliveries are missing`]),
    ...(report.stray === 0 ? [] : [`${report.stray} deliveries came twice, or too late to count`]),
    ...(report.refused === 0 ? [] : [`${report.refused} messages were refused`]),
  ];
}
