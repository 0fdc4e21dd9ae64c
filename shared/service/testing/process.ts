import { setTimeout as sleep } from "node:timers/promises";
import { runService } from "../run.ts";

/**
 * A process for the tests of `run.ts`. The node's id says how it behaves, as no option is made for tests:
 * `slow-drain` never drains, `slow-stop` takes its time, `fault` throws where nobody catches, `no-start` cannot start.
 */
await runService(process, "webhooks", ({ config }) => {
  const behaviour = config.nodeId ?? "";
  return {
    service: {
      name: "test",
      start: async () => {
        if (behaviour === "no-start") throw new Error("the engine is gone");
        if (behaviour === "fault") setTimeout(() => void Promise.reject(new Error("nobody caught me")), 300);
      },
      drain: async () => {
        if (behaviour === "slow-drain") await new Promise(() => setInterval(() => undefined, 1_000));
        await sleep(behaviour === "slow-stop" ? 1_000 : 0);
      },
      stop: async () => {},
      ready: async () => {
        if (behaviour === "not-ready") throw new Error("the store is away");
      },
    },
  };
});
