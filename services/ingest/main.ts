import { parseSigningKeys } from "#shared/auth/signing-keys.ts";
import { createTokenIssuer } from "#shared/auth/token-issuer.ts";
import { createTokenVerifier } from "#shared/auth/token-verifier.ts";
import { systemClock as clock } from "#shared/clock.ts";
import { createAccess } from "#shared/http/access.ts";
import { createHttpServer } from "#shared/http/server.ts";
import { openMediaStorage } from "#shared/media/open-storage.ts";
import { createHttpMetrics } from "#shared/metrics/http-metrics.ts";
import { connectEngines } from "#shared/service/engines.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { runService } from "#shared/service/run.ts";
import { createIngest } from "./app.ts";
import { ingestConfigOf } from "./config.ts";

await runService(process, "ingest", async ({ config, logger, registry, nodeId }) => {
  const keys = await parseSigningKeys(config.signingKeys);
  const issuer = await createTokenIssuer({ keys, issuer: config.tokenIssuer, clock });
  const verifier = createTokenVerifier({ keys: issuer.jwks, issuer: config.tokenIssuer, clock });
  const media = await openMediaStorage({ config, folder: config.mediaDir, keys, clock, logger });
  const engines = await connectEngines({ config, logger, registry, nodeId });
  const { log, store, topics } = engines;

  const access = createAccess({ store, clock, verifier, adminKey: config.adminKey, rates: config });
  const http = createHttpServer({
    logger,
    observer: createHttpMetrics(registry),
    host: config.host,
    port: config.port,
    trustProxy: config.trustProxy,
  });
  const ingest = createIngest(
    {
      log,
      store,
      topics,
      clock,
      registry,
      logger,
      issuer,
      authority: access.authority,
      authenticate: access.authenticator.authenticate,
      admission: access.admission,
      media,
    },
    ingestConfigOf(config),
  );
  ingest.register(http.app);

  return {
    service: composeServices("ingest", [engines.service, ingest, http.service]),
    announce: (adminUrl) => ({ service: "ingest", pid: process.pid, url: http.url(), adminUrl }),
  };
});
