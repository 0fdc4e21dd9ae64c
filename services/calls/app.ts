import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Authority } from "#shared/auth/authority.ts";
import type { Clock, Timers } from "#shared/clock.ts";
import { Commands } from "#shared/commands/append.ts";
import { AppliedWaiters } from "#shared/commands/applied.ts";
import type { RouteContext } from "#shared/http/routes.ts";
import { type Inbox, openInbox } from "#shared/inbox/inbox.ts";
import type { EventLog, Running } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Store } from "#shared/store/store.ts";
import type { CallsConfig } from "./config.ts";
import { CallRecordings } from "./livekit/recordings.ts";
import { LiveKitRegions } from "./livekit/regions.ts";
import { CallUpkeep } from "./livekit/upkeep.ts";
import { CallWatch } from "./livekit/watch.ts";
import { registerLiveKitWebhook } from "./livekit/webhook.ts";
import { createCallsMetrics } from "./metrics.ts";
import { registerCalls } from "./routes.ts";

export interface CallsDeps {
  readonly log: EventLog;
  readonly store: Store;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly logger: { warn(fields: object, message: string): void };
  readonly registry: Registry;
  readonly authority: Authority;
  readonly route: RouteContext;
}

export interface Calls extends Service {
  /** Adds the calls of calls to an HTTP server, before it listens. */
  register(app: FastifyInstance): void;
}

/**
 * The API of voice and video calls. What becomes of a call is decided by its room's owner, as of all that happens in a
 * room: here is what asks it, the way into LiveKit, and what holds calls against who is there.
 */
export function createCalls(deps: CallsDeps, config: CallsConfig): Calls {
  const { log, store, topics, clock, authority, registry } = deps;
  const waiters = new AppliedWaiters();
  const metrics = createCallsMetrics(registry, () => waiters.size);
  let inbox: Inbox | null = null;

  const commands = new Commands({
    log,
    topics,
    waiters,
    metrics,
    inbox: () => inbox,
  });
  const regions = new LiveKitRegions(config, metrics);
  const recordings = new CallRecordings({ regions, commands, clock });
  const upkeep = new CallUpkeep({ regions, recordings, store, commands, authority, clock, metrics });
  let running: Running | null = null;

  async function leave(): Promise<void> {
    await running?.stop();
    running = null;
  }

  return {
    name: "calls",
    register: (app) => {
      registerCalls(app, { ...deps.route, store, commands, authority, clock, regions });
      registerLiveKitWebhook(app, { regions, upkeep, metrics });
    },
    start: async () => {
      inbox = await openInbox({ log, topics, service: "calls", receive: (items) => waiters.receive(items) });
      // Without LiveKit there are no calls to look after.
      if (regions.all.length === 0) return;
      running = await log.subscribe({
        group: `${topics.events}.calls`,
        topics: [{ name: topics.events, start: "committed" }],
        assign: (partition) => new CallWatch({ ...deps, regions, upkeep, metrics }, partition),
      });
    },
    drain: leave,
    stop: async () => {
      await leave();
      const open = inbox;
      inbox = null;
      await open?.stop();
    },
    ready: async () => {
      if (inbox === null) throw new Error("The inbox is not open.");
      await enginesReady({ log, store });
    },
  };
}
