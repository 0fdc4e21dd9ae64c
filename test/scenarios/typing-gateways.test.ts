import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { startCluster } from "#test/deployments/deployment.ts";
import { BareClient } from "./bare-client.ts";
import { makePlace, removePlace } from "./place.ts";
import { makeTenant } from "./stage.ts";

test("who types on one gateway is seen on another, and ends when its gateway is killed", {
  timeout: 180_000,
}, async () => {
  const place = await makePlace("cluster");
  const cluster = await startCluster({ ...place, args: ["--gateway", "2"] });
  try {
    const tenant = await makeTenant(cluster);
    const roomId = await tenant.room(["ada", "bob"]);
    const [one, other] = cluster.gateways as [string, string];
    const ada = await BareClient.open(one);
    await ada.connect(await tenant.token("ada"));
    const bob = await BareClient.open(other);
    await bob.connect(await tenant.token("bob"));
    ada.sendJson({ type: "typing.start", roomId });
    await bob.next(({ type }) => type === "typing.started");
    const gateways = cluster.processes.filter(({ service }) => service === "gateway");
    const victim = gateways[cluster.gateways.indexOf(one)];
    const killedAt = performance.now();
    process.kill(victim?.pid ?? 0, "SIGKILL");
    expect((await ada.closed).code).toBe(1006);
    const stopped = await bob.next(({ type }) => type === "typing.stopped");
    expect(stopped).toMatchObject({ roomId, userId: "ada" });
    expect(performance.now() - killedAt).toBeLessThan(limits.typingExpiryMs + 4_000);
    await bob.close();
  } finally {
    await cluster.stop();
    await removePlace(place);
  }
});
