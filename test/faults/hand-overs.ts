import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Rig } from "./rig.ts";
import { underLoad } from "./under-load.ts";

/** Partitions stand still while a group shares them anew, and their rooms are read again. */
const rebalanceMsMax = 45_000;

export function handOvers(rig: () => Rig): void {
  test("fanout nodes come and go under load: I1 to I7 hold", { timeout: 300_000 }, async ({ annotate }) => {
    const before = await rig().nodes("fanout");
    await underLoad(rig(), { annotate }, async ({ fault }) => {
      const added: string[] = [];
      for (const _ of [1, 2]) {
        await fault(
          "a fanout node more",
          rebalanceMsMax,
          async () => void added.push(await rig().add("fanout")),
        );
      }
      for (const id of [before[0]?.id ?? "", added[0] ?? ""]) {
        await fault(`${id} drained`, rebalanceMsMax, () => rig().drain(id));
      }
    });
    const names = (await rig().nodes("fanout")).map(({ id }) => id);
    expect(names).toEqual([before[1]?.id, expect.stringMatching(/^fanout-\d+$/)]);
  });

  test("a fanout node that stood still past its session, and goes on, changes nothing that others wrote", {
    timeout: 240_000,
  }, async ({ annotate }) => {
    await underLoad(rig(), { annotate }, async ({ load, fault }) => {
      const { id } = await rig().oneOf("fanout");
      await fault(`SIGSTOP of ${id}`, rebalanceMsMax, () => rig().signal(id, "SIGSTOP"));
      // Its rooms were taken over, which takes as long as its session at least.
      await sleep(limits.groupSessionMs);
      await load.sent(100);
      await fault(`SIGCONT of ${id}`, rebalanceMsMax, () => rig().signal(id, "SIGCONT"));
      await load.sent(200);
    });
  });
}
