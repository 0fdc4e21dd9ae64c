import { systemClock } from "#shared/clock.ts";
import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createFanout } from "./app.ts";

await runService(process, "fanout", async ({ config, logger, registry, nodeId }) => {
  const engines = await connectEngines({ config, nodeId, registry, logger });
  const { log, store, topics, epoch } = engines;
  const fanout = createFanout({ log, store, topics, registry, logger, clock: systemClock }, { epoch });
  return { service: composeServices("fanout", [engines.service, fanout]) };
});
