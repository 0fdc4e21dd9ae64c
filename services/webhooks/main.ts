import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createWebhooks } from "./app.ts";

await runService(process, "webhooks", async (context) => {
  const engines = await connectEngines(context);
  return { service: composeServices("webhooks", [engines.service, createWebhooks(engines)]) };
});
