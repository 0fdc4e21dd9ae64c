import { expect, test } from "vitest";
import type { MakeStore } from "./contract.ts";

export function lifecycleContract(makeStore: MakeStore): void {
  test("the first deployment is kept, of those pinned at once and against those that come later", async () => {
    const { store, dispose } = await makeStore();
    try {
      const pinned = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          store.pinDeployment({ epoch: 1, partitions: n + 1, log: `log-${n + 1}` }),
        ),
      );
      const [kept] = pinned;
      expect(kept).toEqual({ epoch: 1, partitions: kept?.partitions, log: `log-${kept?.partitions}` });
      for (const each of pinned) expect(each).toEqual(kept);
      expect(await store.pinDeployment({ epoch: 9, partitions: 99, log: "late" })).toEqual(kept);
    } finally {
      await dispose();
    }
  });

  test("it answers a ping until it is closed, and is unavailable from then on", async () => {
    const { store, dispose } = await makeStore();
    try {
      await expect(store.ping()).resolves.toBeUndefined();
      await store.close();
      await expect(store.ping()).rejects.toMatchObject({ code: "store_unavailable" });
      await expect(store.loadRoom("t", "r")).rejects.toMatchObject({ code: "store_unavailable" });
      await expect(store.close()).resolves.toBeUndefined();
    } finally {
      await dispose();
    }
  });
}
