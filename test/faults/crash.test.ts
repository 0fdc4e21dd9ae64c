import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Deployment, RunningDeployment } from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { Load } from "#test/scenarios/load.ts";
import { launch, makePlace, type Place, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";

const roomsPerTenant = 10;
const kills = 3;
/** Sent before a kill, so that it meets a deployment at work, and after what it left is mended. */
const sendsBetween = 200;
const recoveryMsMax = { standalone: 20_000, cluster: 45_000 };

async function processesOf({ dataDir }: Place): Promise<Deployment["processes"]> {
  return (JSON.parse(await readFile(join(dataDir, "ready.json"), "utf8")) as Deployment).processes;
}

/** Kills a process of a cluster, which starts it again, and waits until it is back under another pid. */
async function killNode(place: Place, service: string): Promise<void> {
  const victim = (await processesOf(place)).find((one) => one.service === service);
  if (victim === undefined) throw new Error(`no ${service} runs`);
  process.kill(victim.pid, "SIGKILL");
  await eventually(async () => {
    const now = (await processesOf(place)).filter((one) => one.service === service);
    expect(now).toHaveLength(1);
    expect(now[0]?.pid).not.toBe(victim.pid);
  }, recoveryMsMax.cluster);
}

/** Where every service is one process, so that nobody can stand in for the one that died. */
describe.each(["standalone", "cluster"] as const)("kill -9 under load, %s", (kind) => {
  test("I1 to I7 hold whatever process dies, and each is back at work in time", { timeout: 480_000 }, async ({
    annotate,
  }) => {
    const place = await makePlace(kind);
    let deployment: RunningDeployment = await launch(kind, place);
    const fixed = { ...place, env: { ...place.env, SENDSAR_PORT: new URL(deployment.url).port } };
    const tenants = [await makeTenant(deployment), await makeTenant(deployment)];
    const load = await Load.start(tenants, roomsPerTenant);
    try {
      const services = (await processesOf(place)).map(({ service }) => service);
      const victims = kind === "standalone" ? Array<string>(kills).fill("standalone") : services;
      for (const victim of victims) {
        await load.sent(sendsBetween);
        load.recorder.fault(`kill -9 of ${victim}`, recoveryMsMax[kind]);
        if (kind === "standalone") {
          await deployment.kill();
          deployment = await launch(kind, fixed);
        } else {
          await killNode(place, victim);
        }
        const tookMs = await load.recovered(2 * recoveryMsMax[kind]);
        await annotate(`${victim}: back at work after ${Math.round(tookMs)} ms`);
      }
      await load.sent(sendsBetween);
      await load.judge();
    } finally {
      await load.abandon();
      await deployment.stop();
      await removePlace(place);
    }
  });
});
