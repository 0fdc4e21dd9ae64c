import { generateApiKey } from "#shared/auth/api-key.ts";
import { generateSigningKeys, parseSigningKeys } from "#shared/auth/signing-keys.ts";
import { createTokenIssuer } from "#shared/auth/token-issuer.ts";
import { createTokenVerifier } from "#shared/auth/token-verifier.ts";
import { rfc3339, systemClock } from "#shared/clock.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { createAccess } from "#shared/http/access.ts";
import { createHttpServer } from "#shared/http/server.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import type { EventLog } from "#shared/log/log.ts";
import { type Topics, topicsOf } from "#shared/log/topics.ts";
import { noMedia } from "#shared/media/open-storage.ts";
import { createHttpMetrics } from "#shared/metrics/http-metrics.ts";
import { createRegistry } from "#shared/metrics/registry.ts";
import type { IntentSink } from "#shared/protocol/intents.ts";
import { composeServices } from "#shared/service/lifecycle.ts";
import { silentLogger } from "#shared/service/logger.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { createIngest } from "../app.ts";
import { type ScriptedFanout, startScriptedFanout } from "./scripted-fanout.ts";

export const adminKey = "the-operator";
export const internalKey = "the-gateways";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

export interface TestNode {
  readonly fanout: ScriptedFanout;
  readonly store: Store;
  readonly topics: Topics;
  readonly intents: IntentSink;
  readonly url: string;
  call(method: string, path: string, headers?: Record<string, string>, body?: unknown): Promise<Answer>;
  /** Headers of a server of a new tenant. */
  server(tenantId: string): Promise<{ "x-api-key": string }>;
  /** Headers of a client. */
  client(server: { "x-api-key": string }, userId: string): Promise<{ authorization: string }>;
  stop(): Promise<void>;
}

/** An ingest node on the embedded engines, with a scripted fanout behind it. */
export async function startTestNode(
  options: {
    rateUserSends?: number;
    rateTenantRequests?: number;
    wrapLog?: (log: EventLog) => EventLog;
  } = {},
): Promise<TestNode> {
  const { rateUserSends = 1_000_000, rateTenantRequests = 1_000_000, wrapLog = (log) => log } = options;
  const database = openDatabase(":memory:");
  const embedded = createEmbeddedLog({ database });
  const log = wrapLog(embedded);
  const store = createEmbeddedStore({ database });
  const topics = topicsOf({ prefix: "", partitions: 4, inboxPartitions: 2 });
  await log.createTopics(topics.specs);
  const fanout = await startScriptedFanout(embedded, topics);

  const clock = systemClock;
  const registry = createRegistry("ingest");
  const keys = await parseSigningKeys(await generateSigningKeys());
  const issuer = await createTokenIssuer({ keys, issuer: "sendsar", clock });
  const verifier = createTokenVerifier({ keys: issuer.jwks, issuer: "sendsar", clock });
  const rates = {
    rateUserSends,
    rateTenantRequests,
    rateAuthFailures: 1_000_000,
    rateConnectionFrames: 1_000,
  };
  const { authority, authenticator, admission } = createAccess({ store, clock, verifier, adminKey, rates });
  const { authenticate } = authenticator;
  const http = createHttpServer({
    logger: silentLogger,
    observer: createHttpMetrics(registry),
    host: "127.0.0.1",
    port: 0,
  });
  const engines = { log, store, topics, clock, registry, logger: silentLogger };
  const ingest = createIngest(
    { ...engines, authority, issuer, authenticate, admission, media: noMedia },
    {
      internalKey,
      webhookAllow: [],
      mediaOrphanMs: 86_400_000,
      retentionSweepMs: 3_600_000,
      webhookSettleMs: 0,
    },
  );
  ingest.register(http.app);
  const all = composeServices("test", [ingest, http.service]);
  await all.start();
  await all.ready();

  const call: TestNode["call"] = async (method, path, headers = {}, body) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(http.url() + path, { method, headers, ...init });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  };

  return {
    fanout,
    store,
    topics,
    intents: ingest.intents,
    url: http.url(),
    call,
    server: async (tenantId) => {
      const { apiKey, keyId, secretHash } = generateApiKey();
      const createdAt = rfc3339(clock.nowMs());
      await store.putTenant({ tenantId, name: null, settings: {}, createdAt });
      await store.putApiKey({ keyId, tenantId, secretHash, description: null, createdAt, revokedAt: null });
      return { "x-api-key": apiKey };
    },
    client: async (server, userId) => {
      const { body } = await call("POST", "/v1/auth/token", server, { userId });
      return { authorization: `Bearer ${body.token}` };
    },
    stop: async () => {
      await all.drain();
      await all.stop();
      await fanout.stop();
      await embedded.close();
      await store.close();
      database.close();
    },
  };
}
