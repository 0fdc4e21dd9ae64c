import { Registry } from "prom-client";
import type { Membership } from "#shared/auth/authority.ts";
import { Commands } from "#shared/commands/append.ts";
import { AppliedWaiters } from "#shared/commands/applied.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { createLanedSink } from "#shared/intents/lanes.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Command } from "#shared/protocol/commands.ts";
import type { Intent, IntentResult, IntentSink } from "#shared/protocol/intents.ts";
import { defaultSettings } from "#shared/protocol/tenant-settings.ts";
import type { Store } from "#shared/store/store.ts";
import { takeIntents } from "../../../services/ingest/intents.ts";
import { createIngestMetrics } from "../../../services/ingest/metrics.ts";
import { OwnSettings } from "../../../services/ingest/own-settings.ts";
import type { Machine } from "../machine.ts";
import type { Weather } from "../weather.ts";

export interface IngestNode {
  readonly machine: Machine;
  take(intents: readonly Intent[]): Promise<readonly IntentResult[]>;
  /** What a server asked for: resolves when it is durable. */
  append(command: Command): Promise<void>;
}

const metrics = createIngestMetrics(new Registry(), () => 0);

/** The part of ingest that sockets need, on the simulated engines: what they send is checked and appended. */
export function startIngest(
  machine: Machine,
  { log, store, topics }: { log: EventLog; store: Store; topics: Topics },
): IngestNode {
  const commands = new Commands({
    log,
    topics,
    metrics,
    waiters: new AppliedWaiters(),
    inbox: () => {
      throw new AppError("service_unavailable", "Nobody waits for replies here.");
    },
  });
  const membership = (...of: [tenantId: string, roomId: string, userId: string]) =>
    membershipOf(store, ...of);
  // The real one keeps answers for a second, in caches too large to be made for every run.
  const authority = { membership, membershipNow: membership, settings: async () => defaultSettings };
  const admission = { admitIntent: async () => {} };
  const ownSettings = new OwnSettings({ store, clock: machine });
  // No message of a schedule names a file.
  const attachments = { named: async () => [] };
  // No tenant of a schedule has its server asked.
  const beforeSend = { message: async <T>(command: T) => command, edit: async <T>(command: T) => command };
  const checked = {
    commands,
    authority,
    store,
    admission,
    clock: machine,
    metrics,
    ownSettings,
    attachments,
    beforeSend,
  };
  const sink = createLanedSink({
    lanes: limits.intentLocalLanes,
    deliver: (intents) => takeIntents(checked, intents),
  });
  return {
    machine,
    take: (intents) => sink.submit(intents),
    append: (command) => commands.append([command]),
  };
}

async function membershipOf(
  store: Store,
  tenantId: string,
  roomId: string,
  userId: string,
): Promise<Membership> {
  const [row] = await store.readMemberships(tenantId, userId, [roomId]);
  if (row === undefined || row === null || row.head.deleted) throw new AppError("room_not_found");
  if (row.member === null) throw new AppError("not_a_member");
  return { head: row.head, member: row.member };
}

const hopMs = 2;

/** The way from a gateway to one of the ingest nodes. An answer may be lost, and then nothing is known. */
export function sinkTo(machine: Machine, weather: Weather, pick: () => IngestNode): IntentSink {
  return createLanedSink({
    lanes: limits.intentCallLanes,
    deliver: (intents) =>
      new Promise((resolve, reject) => {
        const node = pick();
        const lost = () => reject(new AppError("service_unavailable"));
        const cancel = machine.after(limits.intentCallMsMax, lost);
        const answer = (settle: () => void) =>
          machine.after(weather.delayMs(hopMs), () => {
            cancel();
            if (weather.chance(0.05)) lost();
            else settle();
          });
        node.machine.after(weather.delayMs(hopMs), () => {
          node.take(intents).then(
            (results) => answer(() => resolve(results)),
            (error) => answer(() => reject(error)),
          );
        });
      }),
  });
}
