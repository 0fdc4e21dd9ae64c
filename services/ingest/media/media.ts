import type { FastifyInstance } from "fastify";
import { Counter, type Registry } from "prom-client";
import type { Clock, Timers } from "#shared/clock.ts";
import type { RouteContext } from "#shared/http/routes.ts";
import type { EventLog, Running } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { MediaBackend } from "#shared/media/open-storage.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";
import type { Store } from "#shared/store/store.ts";
import { Attachments } from "./attachments.ts";
import { registerMediaContent } from "./content-routes.ts";
import { MediaChecks } from "./media-checks.ts";
import { MediaFiles } from "./media-files.ts";
import { MediaRemoval } from "./media-removal.ts";
import { MediaSweep } from "./media-sweep.ts";
import { registerMedia } from "./routes.ts";

export interface MediaDeps {
  readonly store: Store;
  readonly topics: Topics;
  readonly log: EventLog;
  readonly clock: Clock & Timers;
  readonly registry: Registry;
  readonly logger: Record<"warn" | "error", (fields: object, message: string) => void>;
  readonly settings: (tenantId: string) => Promise<TenantSettings>;
  readonly backend: MediaBackend;
  readonly orphanMs: number;
}

/** Files that messages name: uploads, their checks, and who may see them. */
export function createMedia(deps: MediaDeps) {
  const { log, store, topics, clock, registry, logger, settings, backend, orphanMs } = deps;
  const { storage, content } = backend;
  const checks = new MediaChecks({
    store: store.media,
    storage,
    logger,
    checks: new Counter({
      name: "sendsar_media_checks_total",
      help: "Uploads that were looked at, by what was found.",
      labelNames: ["outcome"] as const,
      registers: [registry],
    }),
  });
  const removed = new Counter({
    name: "sendsar_media_removed_total",
    help: "Files that were removed, as no message names them (any more) or they were refused.",
    labelNames: ["reason"] as const,
    registers: [registry],
  });
  const removal =
    storage === null ? null : new MediaRemoval({ store, storage, topics, clock, removed, logger });
  let sweeping: Running | null = null;
  const files = new MediaFiles({ store, storage, checks, topics, clock, settings, orphanMs });
  return {
    removal,
    attachments: new Attachments({ store, checks, clock, orphanMs }),
    /** From here on this node looks after its share of the files. */
    async start(): Promise<void> {
      if (removal === null) return;
      sweeping = await log.subscribe({
        group: `${topics.media}.sweep`,
        topics: [{ name: topics.media, start: "committed" }],
        assign: (partition) => {
          const sweep = new MediaSweep({ store: store.media, removal, clock, logger, orphanMs }, partition);
          return {
            caughtUp: () => sweep.caughtUp(),
            process: async () => {},
            revoked: () => sweep.revoked(),
          };
        },
      });
    },
    async stop(): Promise<void> {
      await sweeping?.stop();
      sweeping = null;
      storage?.close();
    },
    register(app: FastifyInstance, context: RouteContext): void {
      registerMedia(app, context, files);
      if (content !== null) registerMediaContent(app, { ...content, clock });
    },
  };
}
