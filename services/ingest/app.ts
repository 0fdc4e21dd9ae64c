import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Authority } from "#shared/auth/authority.ts";
import type { TokenIssuer } from "#shared/auth/token-issuer.ts";
import type { Clock, Timers } from "#shared/clock.ts";
import { Commands } from "#shared/commands/append.ts";
import { AppliedWaiters } from "#shared/commands/applied.ts";
import { DeadLetterBox } from "#shared/dead-letters/dead-letter-box.ts";
import type { Admission } from "#shared/http/admission.ts";
import type { RouteContext } from "#shared/http/routes.ts";
import { type Inbox, openInbox } from "#shared/inbox/inbox.ts";
import { createLanedSink, type LanedSink } from "#shared/intents/lanes.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { MediaBackend } from "#shared/media/open-storage.ts";
import { OutboundClient } from "#shared/outbound/client.ts";
import type { IntentSink } from "#shared/protocol/intents.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Logger } from "#shared/service/logger.ts";
import type { Store } from "#shared/store/store.ts";
import { AuditTrail } from "./audit.ts";
import { BeforeSend } from "./before-send/before-send.ts";
import { BeforeSendHooks } from "./before-send/hooks.ts";
import type { IngestConfig } from "./config.ts";
import { Erasures } from "./erasures.ts";
import { takeIntents } from "./intents.ts";
import { createMedia } from "./media/media.ts";
import { createIngestMetrics } from "./metrics.ts";
import { OpenRooms } from "./open-rooms.ts";
import { OwnSettings } from "./own-settings.ts";
import { Reports } from "./reports.ts";
import { Retention } from "./retention.ts";
import { registerAudit } from "./routes/audit.ts";
import { registerBeforeSend } from "./routes/before-send.ts";
import type { IngestRoutes } from "./routes/context.ts";
import { registerDeadLetters } from "./routes/dead-letters.ts";
import { registerErasures } from "./routes/erasures.ts";
import { registerIntents } from "./routes/intents.ts";
import { registerJwks } from "./routes/jwks.ts";
import { registerLimits } from "./routes/limits.ts";
import { registerMembers } from "./routes/members.ts";
import { registerMessages } from "./routes/messages.ts";
import { registerOperator } from "./routes/operator.ts";
import { registerOwnSettings } from "./routes/own-settings.ts";
import { registerPins } from "./routes/pins.ts";
import { registerReactions } from "./routes/reactions.ts";
import { registerReceipts } from "./routes/receipts.ts";
import { registerReports } from "./routes/reports.ts";
import { registerRooms } from "./routes/rooms.ts";
import { registerUsers } from "./routes/users.ts";
import { registerWebhooks } from "./routes/webhooks.ts";
import { WebhookLog } from "./webhook-log.ts";
import { WebhookEndpoints } from "./webhooks.ts";

export interface IngestDeps {
  readonly log: EventLog;
  readonly store: Store;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly registry: Registry;
  readonly logger: Pick<Logger, "warn" | "error">;
  readonly authority: Authority;
  readonly issuer: TokenIssuer;
  readonly authenticate: RouteContext["authenticate"];
  readonly admission: Admission;
  readonly media: MediaBackend;
}

export interface Ingest extends Service {
  /** Adds the write calls to an HTTP server, before it listens. */
  register(app: FastifyInstance): void;
  /** For gateways in the same process. */
  readonly intents: IntentSink;
}

/** The write API: checks what can be checked, appends to `commands`, and tells the caller what became of it. */
export function createIngest(deps: IngestDeps, config: IngestConfig): Ingest {
  const { log, store, topics, clock, authority, issuer, admission } = deps;
  const waiters = new AppliedWaiters();
  const metrics = createIngestMetrics(deps.registry, () => waiters.size);
  const outbound = new OutboundClient({ allow: config.webhookAllow });
  let inbox: Inbox | null = null;

  const commands = new Commands({
    log,
    topics,
    waiters,
    metrics,
    inbox: () => inbox,
  });
  const ownSettings = new OwnSettings({ store, clock });
  const media = createMedia({
    ...deps,
    settings: (tenantId) => authority.settings(tenantId),
    backend: deps.media,
    orphanMs: config.mediaOrphanMs,
  });
  const { attachments } = media;
  const erasures = new Erasures({
    store,
    commands,
    authority,
    clock,
    media: media.removal,
    logger: deps.logger,
  });
  const retention = new Retention(
    { store, commands, clock, media: media.removal, logger: deps.logger },
    config.retentionSweepMs,
  );
  const beforeSend = new BeforeSend({ authority, store, outbound, clock, metrics });
  const ownParts = { ownSettings, attachments, beforeSend };
  const intentDeps = { commands, authority, store, admission, clock, metrics, ...ownParts };
  const sink: LanedSink = createLanedSink({
    lanes: limits.intentLocalLanes,
    slow: { lanes: limits.hookCallLanes, isSlow: authority.isAsked },
    deliver: (intents) => takeIntents(intentDeps, intents),
  });

  async function stop(): Promise<void> {
    await Promise.all([erasures.stop(), retention.stop()]);
    const open = inbox;
    inbox = null;
    await media.stop();
    outbound.close();
    await open?.stop();
  }

  return {
    name: "ingest",
    intents: sink,
    register: (app) => {
      const { authenticate } = deps;
      const context: IngestRoutes = {
        store,
        commands,
        authority,
        openRooms: new OpenRooms({ store, clock }),
        mediaRemoval: media.removal,
        ...ownParts,
        issuer,
        clock,
        authenticate,
        admit: admission.admit,
        audit: new AuditTrail({ store: store.audit, clock, logger: deps.logger }),
      };
      registerUsers(app, context);
      registerErasures(app, context, erasures);
      registerRooms(app, context);
      registerMembers(app, context);
      registerMessages(app, context);
      registerPins(app, context);
      registerReactions(app, context);
      registerReceipts(app, context);
      media.register(app, context);
      registerOwnSettings(app, context);
      registerOperator(app, context);
      registerDeadLetters(app, context, new DeadLetterBox({ log, topics, clock }));
      registerWebhooks(app, context, {
        endpoints: new WebhookEndpoints({
          store: store.webhooks,
          clock,
          outbound,
          settleMs: config.webhookSettleMs,
        }),
        log: new WebhookLog({ store: store.webhooks, log, topics, clock }),
      });
      registerLimits(app, context, admission);
      registerAudit(app, context);
      registerBeforeSend(app, context, new BeforeSendHooks({ store, authority, outbound, clock }));
      registerReports(app, context, new Reports({ store, authority, clock, log, topics }));
      registerJwks(app, context);
      if (config.internalKey !== null) {
        const { internalKey } = config;
        registerIntents(app, { internalKey, take: (intents) => takeIntents(intentDeps, intents) });
      }
    },
    start: async () => {
      inbox = await openInbox({
        log,
        topics,
        service: "ingest",
        receive: (items) => waiters.receive(items),
      });
      await media.start();
      erasures.start();
      retention.start();
    },
    drain: () => sink.drain(),
    stop,
    ready: async () => {
      if (inbox === null) throw new Error("The inbox is not open.");
      await enginesReady({ log, store });
    },
  };
}
