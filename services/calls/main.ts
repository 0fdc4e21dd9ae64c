import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createCalls } from "./app.ts";

await runService(process, "calls", async (context) => {
  const engines = await connectEngines(context);
  return { service: composeServices("calls", [engines.service, createCalls(engines)]) };
});
