import { createTokenVerifier } from "#shared/auth/token-verifier.ts";
import { systemClock as clock } from "#shared/clock.ts";
import { registerDocs } from "#shared/docs/routes.ts";
import { createAccess } from "#shared/http/access.ts";
import { createHttpServer } from "#shared/http/server.ts";
import { createHttpIntentSink } from "#shared/intents/http.ts";
import { IngestNodes } from "#shared/intents/ingest-nodes.ts";
import { createHttpMetrics } from "#shared/metrics/http-metrics.ts";
import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createGateway } from "./app.ts";
import { followIngestList } from "./ingest-list.ts";

await runService(process, "gateway", async ({ config, logger, registry, nodeId }) => {
  const engines = await connectEngines({ config, nodeId, registry, logger });
  const { log, store, topics } = engines;
  const nodes = new IngestNodes([]);
  const ingestList = followIngestList({ configured: config.ingestUrls, nodes, logger });
  const verifier = createTokenVerifier({ keys: new URL(config.jwksUrl), issuer: config.tokenIssuer, clock });
  const access = createAccess({ store, clock, verifier, adminKey: null, rates: config });
  const isSlow = access.authority.isAsked;
  const sink = createHttpIntentSink({ nodes, internalKey: config.internalKey, isSlow });
  const gateway = createGateway(
    {
      log,
      store,
      topics,
      clock,
      registry,
      logger,
      sink,
      identify: access.authenticator.session,
      authority: access.authority,
      admission: access.admission,
      route: access.route,
    },
    config,
  );
  const http = createHttpServer({
    logger,
    observer: createHttpMetrics(registry),
    host: config.host,
    port: config.port,
    trustProxy: config.trustProxy,
  });
  await gateway.register(http.app);
  registerDocs(http.app);
  return {
    service: composeServices("gateway", [engines.service, ingestList, gateway, http.service]),
    announce: (adminUrl) => ({ service: "gateway", pid: process.pid, adminUrl, url: http.url() }),
  };
});
