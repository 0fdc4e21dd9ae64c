import { join } from "node:path";
import type { Registry } from "prom-client";
import { loadSigningKeysFile, parseSigningKeys } from "#shared/auth/signing-keys.ts";
import { createTokenIssuer } from "#shared/auth/token-issuer.ts";
import { createTokenVerifier } from "#shared/auth/token-verifier.ts";
import { type Clock, systemClock, type Timers } from "#shared/clock.ts";
import type { ConfigOf } from "#shared/config/parse.ts";
import { registerDocs } from "#shared/docs/routes.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { createAccess } from "#shared/http/access.ts";
import { createHttpServer } from "#shared/http/server.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import { topicsOf } from "#shared/log/topics.ts";
import { openMediaStorage } from "#shared/media/open-storage.ts";
import { createHttpMetrics } from "#shared/metrics/http-metrics.ts";
import { createLogMetrics } from "#shared/metrics/log-metrics.ts";
import { createStoreMetrics } from "#shared/metrics/store-metrics.ts";
import { closingService, composeServices, type Service } from "#shared/service/lifecycle.ts";
import type { Logger } from "#shared/service/logger.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { createCalls } from "../calls/app.ts";
import { callsConfigOf } from "../calls/config.ts";
import { createFanout } from "../fanout/app.ts";
import { createGateway } from "../gateway/app.ts";
import { createIngest } from "../ingest/app.ts";
import { createWebhooks } from "../webhooks/app.ts";
import { webhooksConfigOf } from "../webhooks/config.ts";
import { isLoopback } from "./local-only.ts";
import { openSandbox, type Sandbox } from "./sandbox.ts";
import { sandboxCaller } from "./sandbox-caller.ts";
import { registerSandboxPage } from "./sandbox-page.ts";
import { SandboxReceiver } from "./sandbox-receiver.ts";

/**
 * One process has one thread, so one lane is all it can use; with more, each batch would be smaller, and its
 * transactions write the same pages again.
 */
const lanes = 1;
/** Of its gateway, its ingest and its calls, of which two share one. */
const inboxPartitions = 2;

export interface Standalone {
  readonly service: Service;
  readonly sandbox: Sandbox;
  /** The data folder was empty. */
  readonly isNew: boolean;
  /** Known once it listens. */
  url(): string;
}

interface StandaloneContext {
  readonly config: ConfigOf<"standalone">;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock?: Clock & Timers;
}

/** All services in one process, on the embedded engines: a real, durable deployment of one machine. */
export async function createStandalone(context: StandaloneContext): Promise<Standalone> {
  const { config, logger, registry, clock = systemClock } = context;
  const database = openDatabase(join(config.dataDir, "sendsar.db"));
  const store = createEmbeddedStore({ database, observer: createStoreMetrics(registry) });
  const log = createEmbeddedLog({ database, observer: createLogMetrics(registry) });

  const { epoch, partitions } = await store.pinDeployment({
    epoch: 1,
    partitions: lanes,
    // Always the one that is pinned: log and store are one file.
    log: await log.identity(),
  });
  const topics = topicsOf({ prefix: "", partitions, inboxPartitions });
  await log.createTopics(topics.specs);
  const { sandbox, isNew } = await openSandbox({
    dataDir: config.dataDir,
    store,
    clock,
    adminKey: config.adminKey,
  });

  const keys =
    config.signingKeys === null
      ? await loadSigningKeysFile(join(config.dataDir, "signing-keys.json"))
      : await parseSigningKeys(config.signingKeys);
  const issuer = await createTokenIssuer({ keys, issuer: config.tokenIssuer, clock });
  const verifier = createTokenVerifier({ keys: issuer.jwks, issuer: config.tokenIssuer, clock });
  const media = await openMediaStorage({
    config,
    folder: config.mediaDir ?? join(config.dataDir, "media"),
    keys,
    clock,
    logger,
  });
  const engines = { log, store, topics, clock, registry, logger };
  const access = createAccess({ store, clock, verifier, adminKey: sandbox.adminKey, rates: config });
  const { authority, admission, authenticator, route } = access;
  const { authenticate } = authenticator;
  const ingest = createIngest(
    { ...engines, authority, issuer, authenticate, admission, media },
    {
      internalKey: null,
      webhookAllow: config.webhookAllow ?? [],
      webhookSettleMs: 0,
      mediaOrphanMs: config.mediaOrphanSeconds * 1_000,
      retentionSweepMs: config.retentionSweepSeconds * 1_000,
    },
  );
  const gateway = createGateway(
    {
      ...engines,
      sink: ingest.intents,
      identify: authenticator.session,
      authority,
      admission,
      route,
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
  ingest.register(http.app);
  await gateway.register(http.app);
  const callsConfig = callsConfigOf(config);
  const calls = createCalls({ ...engines, authority, route }, callsConfig);
  calls.register(http.app);
  registerDocs(http.app);
  // Whoever can open the page can chat as the sandbox's users.
  const receiver = isLoopback(config.host) ? new SandboxReceiver(clock) : null;
  if (receiver !== null) {
    const livekit = [...callsConfig.livekit.values()].map(({ url }) => new URL(url).origin);
    const caller = sandboxCaller(http.app, sandbox);
    const origins = { media: media.origin === null ? [] : [media.origin], livekit };
    registerSandboxPage(http.app, caller, receiver, origins);
  }

  const services = [
    closingService("store", () => store.close()),
    closingService("log", () => log.close()),
    createFanout(engines, { epoch }),
    createWebhooks(
      { ...engines, ...(receiver === null ? {} : { receiver }) },
      {
        ...webhooksConfigOf(config),
        endpointsCacheMs: 0,
      },
    ),
    calls,
    ingest,
    gateway,
    http.service,
  ];
  const composed = composeServices("standalone", services);
  const service = {
    ...composed,
    stop: async () => {
      await composed.stop();
      database.close();
    },
  };
  return { service, sandbox, isNew, url: http.url };
}
