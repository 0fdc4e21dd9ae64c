import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { writeReadyFile } from "#shared/service/ready-file.ts";
import { type Cable, layCable } from "#test/contracts/store/cable.ts";
import { engines } from "#test/environment/engines.ts";
import { preloaded } from "./preloaded.ts";
import { shareRig } from "./rig.ts";
import { underLoad } from "./under-load.ts";

let folder = "";
const cables: Cable[] = [];
const routes: Record<string, Record<string, number>> = {};
const routesPath = () => join(folder, "routes.json");

const rig = shareRig(async () => {
  folder = await mkdtemp(join(tmpdir(), "routes-"));
  return preloaded("rerouted", { TEST_ROUTES: routesPath() });
});
// One that failed must not break those after it.
afterEach(() => {
  for (const cable of cables) cable.mend();
});
afterAll(async () => {
  for (const cable of cables) await cable.close();
  await rm(folder, { recursive: true, force: true });
});

/** Lays what a node, once it is started, will connect to over a cable. @param to host:port, on loopback. */
async function cableBetween(node: string, to: string): Promise<Cable> {
  const cable = await layCable(to);
  cables.push(cable);
  const portOf = (address: string) => address.split(":")[1] ?? "";
  routes[node] = { ...routes[node], [portOf(to)]: Number(portOf(cable.address)) };
  await writeReadyFile(routesPath(), routes);
  return cable;
}

const hostOf = (url: string | null) => new URL(url ?? "").host;
const kafka = () => engines().kafkaBrokers[0] ?? "";

test("a gateway cut off from ingest, from one node and from all, and from the log, comes back with nothing lost", {
  timeout: 300_000,
}, async ({ annotate }) => {
  const [first, second] = await rig().nodes("ingest");
  const toFirst = await cableBetween("gateway-3", hostOf(first?.url ?? null));
  const toSecond = await cableBetween("gateway-3", hostOf(second?.url ?? null));
  const toKafka = await cableBetween("gateway-3", kafka());
  await rig().add("gateway");
  await rig().drain("gateway-1");
  await underLoad(rig(), { annotate }, async ({ load, fault }) => {
    await fault("one ingest node out of a gateway's reach", 30_000, async () => toFirst.cut());
    await load.sent(500);
    await fault("and back", 20_000, async () => toFirst.mend());
    await fault("no ingest node in a gateway's reach, for a while", 45_000, async () => {
      toFirst.cut();
      toSecond.cut();
      await sleep(limits.intentCallMsMax);
      toFirst.mend();
      toSecond.mend();
    });
    await fault("a gateway without the log, for a while", 60_000, async () => {
      toKafka.cut();
      await sleep(limits.groupSessionMs);
      toKafka.mend();
    });
  });
});

test("a fanout node cut off from the log past its session is replaced, and changes nothing when it is back", {
  timeout: 300_000,
}, async ({ annotate }) => {
  const toKafka = await cableBetween("fanout-3", kafka());
  await rig().add("fanout");
  await rig().drain("fanout-1");
  await underLoad(rig(), { annotate }, async ({ load, fault }) => {
    await fault("a fanout node without the log", 45_000, async () => toKafka.cut());
    await load.sent(500);
    await fault("and with it again", 45_000, async () => toKafka.mend());
    await load.sent(500);
  });
});

test("an ingest node cut off from the log is passed over by its clients, and takes requests again after", {
  timeout: 300_000,
}, async ({ annotate }) => {
  const toKafka = await cableBetween("ingest-3", kafka());
  await rig().add("ingest");
  await rig().drain("ingest-1");
  await underLoad(rig(), { annotate }, async ({ load, fault }) => {
    await fault("an ingest node without the log", 45_000, async () => toKafka.cut());
    await load.sent(500);
    await fault("and with it again", 45_000, async () => toKafka.mend());
    await load.sent(200);
  });
});
