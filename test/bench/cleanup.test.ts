import { expect, test } from "vitest";
import { Cleanup } from "./cleanup.ts";

test("everything is ended once, the last first, although one of them fails", async () => {
  const ended: string[] = [];
  const cleanup = new Cleanup();
  for (const name of ["fleet", "broken", "cluster"]) {
    cleanup.add(async () => {
      ended.push(name);
      if (name === "broken") throw new Error("cannot end");
    });
  }
  await expect(cleanup.endAll()).rejects.toThrow("cannot end");
  await cleanup.endAll();
  expect(ended).toEqual(["cluster", "broken", "fleet"]);
});
