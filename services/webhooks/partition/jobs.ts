import { hash } from "node:crypto";
import type { DeadRecord } from "#shared/dead-letters/letter-records.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog, LogRecord } from "#shared/log/log.ts";
import { checker } from "#shared/protocol/checker.ts";
import { WebhookJobRecord } from "#shared/protocol/webhook-jobs.ts";
import type { WebhookTest } from "#shared/protocol/webhooks.ts";
import type { KeptDelivery, WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import type { WebhookStore } from "#shared/store/webhook-store.ts";
import { isBatch } from "../batch-body.ts";

const checkJob = checker(WebhookJobRecord);
export type Of<T extends WebhookJobRecord["type"]> = Extract<WebhookJobRecord, { readonly type: T }>;

export interface JobsDeps {
  readonly store: WebhookStore;
  readonly log: Pick<EventLog, "append">;
  readonly topic: string;
  readonly partition: number;
}

/** What jobs ask for: deliveries that are new, and those that are to be made again. */
interface Asked {
  readonly made: WebhookDeliveryRow[];
  /** What was reported, for whoever wants to know. */
  readonly reports: Of<"report">[];
  readonly again: KeptDelivery[];
  /** What is no job, and never will be. */
  readonly unreadable: DeadRecord[];
}

export async function readJobs(deps: JobsDeps, records: readonly LogRecord[]): Promise<Asked> {
  const asked: Asked = { made: [], reports: [], again: [], unreadable: [] };
  for (const record of records) {
    let job: WebhookJobRecord;
    try {
      job = checkJob(JSON.parse(record.value ?? ""));
    } catch (error) {
      asked.unreadable.push({ record, reason: "unreadable", error });
      continue;
    }
    switch (job.type) {
      case "retry":
        asked.again.push(...(await deps.store.getDeliveries([job])).filter((row) => row !== null));
        break;
      case "test":
        asked.made.push(testOf(job, deps.partition));
        break;
      case "report":
        asked.reports.push(job);
        break;
      case "replay":
        asked.again.push(...(await replayed(deps, job)));
        break;
    }
  }
  return asked;
}

function testOf({ tenantId, endpointId, deliveryId, at }: Of<"test">, partition: number): WebhookDeliveryRow {
  const event: WebhookTest = { type: "webhook.test", tenantId, endpointId, at };
  return {
    tenantId,
    deliveryId,
    endpointId,
    eventId: `evt_${hash("sha256", deliveryId, "base64url").slice(0, 22)}`,
    eventType: event.type,
    roomId: null,
    seq: null,
    partition,
    createdAt: at,
    body: JSON.stringify(event),
    previousId: null,
  };
}

/** A part of the range; the rest is asked for anew, behind what has come meanwhile, so that it holds nothing up. */
async function replayed(deps: JobsDeps, job: Of<"replay">): Promise<KeptDelivery[]> {
  const { tenantId, after, before } = job;
  const limit = limits.webhookDuePageRows;
  const rows = await deps.store.listDeliveries(tenantId, { after, before, ascending: true, limit });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  if (last !== undefined) {
    const rest: WebhookJobRecord = { ...job, after: last.deliveryId };
    const { topic, partition } = deps;
    await deps.log.append([{ topic, partition, key: tenantId, value: JSON.stringify(rest) }]);
  }
  // What went by a batch goes by a new one.
  return rows.filter(
    (row) =>
      !isBatch(row) &&
      row.partition === deps.partition &&
      row.endpointId === job.endpointId &&
      (job.status === undefined || row.progress.status === job.status),
  );
}
