import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { startStandalone } from "#test/deployments/deployment.ts";
import { eventually } from "./eventually.ts";
import { makePlace, removePlace } from "./place.ts";
import { presenceOf } from "./presence.scenario.ts";
import { makeTenant } from "./stage.ts";

/** A silence is noticed by the next heartbeat of another, and a busy machine takes its time. */
const noticedMsMax = limits.inboxSilenceMsMax + limits.inboxHeartbeatMs + 20_000;

// Most of it is a silence that has to last.
test.concurrent.each(["kill -9", "SIGTERM"] as const)(
  "whoever was there at a %s of the standalone is offline soon after its start, with when that was",
  { timeout: 120_000 },
  async (how) => {
    const place = await makePlace("standalone");
    const first = await startStandalone(place);
    const tenant = await makeTenant(first);
    await tenant.connect("bob");
    const endedAt = Date.now();
    if (how === "SIGTERM") await first.stop();
    else await first.kill();
    const { port } = new URL(first.url);
    const second = await startStandalone({ ...place, env: { ...place.env, SENDSAR_PORT: port } });
    try {
      await eventually(async () => {
        const [bob] = await presenceOf(tenant.server, "bob");
        expect(bob).toMatchObject({ online: false, lastSeenAt: expect.any(String) });
        const earlyMs = endedAt - Date.parse(String(bob?.lastSeenAt));
        expect(earlyMs).toBeLessThan(2 * limits.inboxHeartbeatMs);
        expect(earlyMs).toBeGreaterThan(-limits.inboxHeartbeatMs);
      }, noticedMsMax);
    } finally {
      await second.stop();
      await removePlace(place);
    }
  },
);
