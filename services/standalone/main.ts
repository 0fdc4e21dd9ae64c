import { join } from "node:path";
import { runService } from "#shared/service/run.ts";
import { createStandalone } from "./app.ts";
import { firstGreeting, laterGreeting } from "./greeting.ts";

await runService(process, "standalone", async ({ config, logger, registry }) => {
  const { service, sandbox, isNew, url } = await createStandalone({ config, logger, registry });
  return {
    service,
    announce: (adminUrl) => {
      const keysFile = join(config.dataDir, "sandbox.json");
      process.stdout.write(isNew ? firstGreeting(url(), sandbox, keysFile) : laterGreeting(url(), keysFile));
      return {
        url: url(),
        ...sandbox,
        gateways: [url()],
        processes: [{ service: "standalone", pid: process.pid, adminUrl }],
      };
    },
  };
});
