import { randomUUID } from "node:crypto";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { WebhookJobRecord } from "#shared/protocol/webhook-jobs.ts";
import type { DeliveryStatus, WebhookDelivery } from "#shared/protocol/webhooks.ts";
import type { KeptDelivery } from "#shared/store/webhook-deliveries.ts";
import { deliveryIdFor, firstIdOf } from "#shared/store/webhook-ids.ts";
import type { WebhookStore } from "#shared/store/webhook-store.ts";
import { assertRealTime, refused } from "./content.ts";

interface Filter {
  readonly endpointId?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly roomId?: string | undefined;
  readonly eventType?: string | undefined;
}

/** The log of deliveries, and what can be asked for: a retry, a replay, a test. The owners of partitions do it. */
export class WebhookLog {
  readonly #store: WebhookStore;
  readonly #log: Pick<EventLog, "append">;
  readonly #topics: Topics;
  readonly #clock: Clock;

  constructor(deps: { store: WebhookStore; log: Pick<EventLog, "append">; topics: Topics; clock: Clock }) {
    this.#store = deps.store;
    this.#log = deps.log;
    this.#topics = deps.topics;
    this.#clock = deps.clock;
  }

  /** The newest first. A page of what a filter leaves may be short, or empty, before the end: `next` says so. */
  async list(tenantId: string, filter: Filter, page: { cursor?: string | undefined; limit: number }) {
    if (page.cursor !== undefined && !/^dlv_[0-9a-z]{29}$/.test(page.cursor)) {
      throw refused("/query/cursor", "must be `next` of the page before");
    }
    const items: WebhookDelivery[] = [];
    let before = page.cursor;
    for (let looked = 0; looked < limits.webhookLogLookedMax; looked += limits.webhookDuePageRows) {
      const rows = await this.#store.listDeliveries(tenantId, {
        ...(before === undefined ? {} : { before }),
        limit: limits.webhookDuePageRows,
      });
      for (const row of rows) {
        before = row.deliveryId;
        if (matches(row, filter)) items.push(shownDelivery(row));
        if (items.length === page.limit) return { items, next: before };
      }
      if (rows.length < limits.webhookDuePageRows) return { items, next: null };
    }
    return { items, next: before ?? null };
  }

  /** @throws AppError webhook_delivery_not_found. */
  async get(tenantId: string, deliveryId: string): Promise<WebhookDelivery & { body: string }> {
    const row = await this.#existing(tenantId, deliveryId);
    return { ...shownDelivery(row), body: row.body };
  }

  /** @throws AppError webhook_delivery_not_found. */
  async retry(tenantId: string, deliveryId: string): Promise<void> {
    const { partition } = await this.#existing(tenantId, deliveryId);
    await this.#ask(partition, { v: 1, type: "retry", tenantId, deliveryId });
  }

  /** @throws AppError webhook_endpoint_not_found. */
  async test(tenantId: string, endpointId: string): Promise<{ deliveryId: string }> {
    await this.#assertEndpoint(tenantId, endpointId);
    const nowMs = this.#clock.nowMs();
    const deliveryId = deliveryIdFor(nowMs, [tenantId, endpointId, randomUUID()]);
    const partition = this.#topics.partitionOf(tenantId, endpointId);
    await this.#ask(partition, { v: 1, type: "test", tenantId, endpointId, deliveryId, at: rfc3339(nowMs) });
    return { deliveryId };
  }

  /**
   * Each partition's owner looks for its own deliveries in the range.
   *
   * @throws AppError webhook_endpoint_not_found, invalid_request.
   */
  async replay(
    tenantId: string,
    endpointId: string,
    { from, to, status }: { from: string; to: string; status?: DeliveryStatus },
  ): Promise<void> {
    assertRealTime(from, "/from");
    assertRealTime(to, "/to");
    if (from > to) throw refused("/to", "must not be before from");
    await this.#assertEndpoint(tenantId, endpointId);
    const job: WebhookJobRecord = {
      v: 1,
      type: "replay",
      tenantId,
      endpointId,
      ...(status === undefined ? {} : { status }),
      after: firstIdOf(Date.parse(from)),
      before: firstIdOf(Date.parse(to) + 1),
    };
    const partitions = Array.from({ length: this.#topics.partitions }, (_, partition) => partition);
    await this.#log.append(partitions.map((partition) => this.#record(partition, job)));
  }

  async #ask(partition: number, job: WebhookJobRecord): Promise<void> {
    await this.#log.append([this.#record(partition, job)]);
  }

  #record(partition: number, job: WebhookJobRecord) {
    return { topic: this.#topics.webhookJobs, partition, key: job.tenantId, value: JSON.stringify(job) };
  }

  async #assertEndpoint(tenantId: string, endpointId: string): Promise<void> {
    if ((await this.#store.getEndpoint(tenantId, endpointId)) === null) {
      throw new AppError("webhook_endpoint_not_found");
    }
  }

  async #existing(tenantId: string, deliveryId: string): Promise<KeptDelivery> {
    const [row] = await this.#store.getDeliveries([{ tenantId, deliveryId }]);
    if (row == null) throw new AppError("webhook_delivery_not_found");
    return row;
  }
}

function matches(row: KeptDelivery, { endpointId, status, roomId, eventType }: Filter): boolean {
  return (
    (endpointId === undefined || row.endpointId === endpointId) &&
    (status === undefined || row.progress.status === status) &&
    (roomId === undefined || row.roomId === roomId) &&
    (eventType === undefined || row.eventType === eventType)
  );
}

function shownDelivery(row: KeptDelivery): WebhookDelivery {
  const { deliveryId, endpointId, eventId, eventType, roomId, seq, createdAt, progress } = row;
  return {
    deliveryId,
    endpointId,
    eventId,
    eventType,
    roomId,
    seq,
    status: progress.status,
    batchId: progress.batchId ?? null,
    createdAt,
    nextAttemptAt: progress.nextAttemptAt,
    attemptCount: progress.attemptCount,
    attempts: progress.attempts.map((attempt) => ({ ...attempt })),
  };
}
