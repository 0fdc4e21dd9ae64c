import { createTokenVerifier } from "#shared/auth/token-verifier.ts";
import { systemClock as clock } from "#shared/clock.ts";
import { createAccess } from "#shared/http/access.ts";
import { createHttpServer } from "#shared/http/server.ts";
import { createHttpMetrics } from "#shared/metrics/http-metrics.ts";
import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createCalls } from "./app.ts";
import { callsConfigOf } from "./config.ts";

await runService(process, "calls", async (context) => {
  const { config, logger, registry } = context;
  const engines = await connectEngines(context);
  const { log, store, topics } = engines;
  const verifier = createTokenVerifier({ keys: new URL(config.jwksUrl), issuer: config.tokenIssuer, clock });
  const access = createAccess({ store, clock, verifier, adminKey: null, rates: config });
  const { authority, route } = access;
  const calls = createCalls(
    { log, store, topics, clock, registry, logger, authority, route },
    callsConfigOf(config),
  );
  const http = createHttpServer({
    logger,
    observer: createHttpMetrics(registry),
    host: config.host,
    port: config.port,
    trustProxy: config.trustProxy,
  });
  calls.register(http.app);
  return {
    service: composeServices("calls", [engines.service, calls, http.service]),
    announce: (adminUrl) => ({ service: "calls", pid: process.pid, adminUrl, url: http.url() }),
  };
});
