import { expect, test } from "vitest";
import { startStandalone } from "#test/deployments/deployment.ts";
import { BareClient } from "./bare-client.ts";
import { makePlace, removePlace } from "./place.ts";
import { makeTenant } from "./stage.ts";

const perSecond = 10;

test("more new sockets than a gateway takes are told when to come back, and the SDK's clients all get in", {
  timeout: 120_000,
}, async () => {
  const place = await makePlace("standalone");
  const env = { ...place.env, SENDSAR_CONNECTS_PER_SECOND: String(perSecond) };
  const deployment = await startStandalone({ ...place, env });
  const tenant = await makeTenant(deployment);
  try {
    const crowd = Array.from({ length: 4 * perSecond }, (_, i) => tenant.sdk(`user_${i}`));
    const waits: number[] = [];
    for (const { client } of crowd) {
      client.on("state", ({ state }) => {
        if (state.status === "waiting" && state.reason.error?.code === "overloaded") {
          expect(state.reason.code).toBe(4003);
          expect(state.delayMs).toBeGreaterThanOrEqual(state.reason.error.retryAfterMs ?? Number.NaN);
          waits.push(state.reason.error.retryAfterMs ?? 0);
        }
      });
    }
    await Promise.all(crowd.map(({ connect }) => connect()));
    expect(waits.length).toBeGreaterThan(0);
    expect(new Set(waits).size).toBeGreaterThan(1);

    // One who knows only the contract is told the same, before it has said anything.
    const bare: BareClient[] = [];
    for (let i = 0; i < 3 * perSecond; i++) bare.push(await BareClient.open(deployment.url));
    const refused = await Promise.any(
      bare.map(async (client) => ({
        client,
        frame: await client.next(({ type }) => type === "error", 5_000),
      })),
    );
    expect(refused.frame).toMatchObject({
      type: "error",
      error: { code: "overloaded", retryable: true, retryAfterMs: expect.any(Number) },
    });
    expect(await refused.client.closed).toEqual({ code: 4003, reason: "overloaded" });
    for (const { client } of crowd) client.disconnect();
    await Promise.all(bare.map((client) => client.terminate()));
  } finally {
    await deployment.stop();
    await removePlace(place);
  }
});
