import { systemClock as clock } from "#shared/clock.ts";
import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createWebhooks } from "./app.ts";
import { webhooksConfigOf } from "./config.ts";

await runService(process, "webhooks", async (context) => {
  const { registry, logger, config } = context;
  const engines = await connectEngines(context);
  const { log, store, topics } = engines;
  const webhooks = createWebhooks({ log, store, topics, clock, registry, logger }, webhooksConfigOf(config));
  return { service: composeServices("webhooks", [engines.service, webhooks]) };
});
