import { test } from "vitest";
import { preloaded } from "./preloaded.ts";
import { shareRig } from "./rig.ts";
import { underLoad } from "./under-load.ts";

const hourMs = 3_600_000;
/** One of each pair is right, or both are wrong in ways that add up to two hours. */
const shifts = { "gateway-1": hourMs, "ingest-2": -hourMs, "fanout-1": hourMs, "fanout-2": -hourMs };
/** A token lives by two clocks, the issuer's and the verifier's: it must outlive what they differ by. */
const tokenTtlSeconds = 4 * 3_600;

const rig = shareRig(async () => preloaded("shifted-clock", { TEST_CLOCK_SHIFTS: JSON.stringify(shifts) }));

test("nodes whose clocks are up to two hours apart keep I1 to I7, also when one takes over from another", {
  timeout: 300_000,
}, async ({ annotate }) => {
  await underLoad(rig(), { annotate, tokenTtlSeconds }, async ({ fault }) => {
    for (const [id, recoveryMsMax] of [
      ["gateway-1", 20_000],
      ["fanout-1", 45_000],
      ["fanout-2", 45_000],
    ] as const) {
      await fault(`kill -9 of ${id}`, recoveryMsMax, () => rig().kill(id));
    }
  });
});
