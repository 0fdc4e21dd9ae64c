import { LRUCache } from "lru-cache";
import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import { fromJson } from "../from-json.ts";
import {
  type DeliveryKey,
  type DeliveryProgress,
  type DeliveryTail,
  freshProgress,
  type KeptDelivery,
  type TailKey,
  type WebhookDeliveryRow,
} from "../webhook-deliveries.ts";
import { deliveryMs, firstIdOf } from "../webhook-ids.ts";
import { mapBounded } from "./bounded.ts";
import { toNumber } from "./columns.ts";
import type { Row, Session, Statement } from "./session.ts";
import { timestampAfter } from "./timestamp.ts";

const ttl = limits.webhookLogRetentionSeconds;
const insertMinute = `INSERT INTO webhook_delivery_minutes (tenant_id, day, minute) VALUES (?, ?, ?) USING TTL ${ttl}`;
const insertDelivery = `INSERT INTO webhook_deliveries (tenant_id, minute, delivery_id, delivery)
  VALUES (?, ?, ?, ?) USING TTL ${ttl}`;
const updateProgress = `UPDATE webhook_deliveries USING TTL ${ttl} SET progress = ?
  WHERE tenant_id = ? AND minute = ? AND delivery_id = ?`;
const selectOne =
  "SELECT delivery, progress FROM webhook_deliveries WHERE tenant_id = ? AND minute = ? AND delivery_id = ?";
const selectWritten = `SELECT delivery, TTL(delivery) AS ttl, WRITETIME(delivery) AS written FROM webhook_deliveries
  WHERE tenant_id = ? AND minute = ? AND delivery_id = ?`;
const updateDelivery = `UPDATE webhook_deliveries USING TTL ? AND TIMESTAMP ? SET delivery = ?
  WHERE tenant_id = ? AND minute = ? AND delivery_id = ?`;
const selectMinutes =
  "SELECT minute FROM webhook_delivery_minutes WHERE tenant_id = ? AND day = ? AND minute >= ? AND minute <= ?";
const selectRange = `SELECT delivery, progress FROM webhook_deliveries
  WHERE tenant_id = ? AND minute = ? AND delivery_id > ? AND delivery_id < ?`;
const selectNewest = `${selectRange} ORDER BY delivery_id DESC LIMIT ?`;
const selectOldest = `${selectRange} ORDER BY delivery_id ASC LIMIT ?`;
const selectTail =
  "SELECT delivery_id, seq FROM webhook_tails WHERE tenant_id = ? AND endpoint_id = ? AND room_id = ?";
const insertTail =
  "INSERT INTO webhook_tails (tenant_id, endpoint_id, room_id, delivery_id, seq) VALUES (?, ?, ?, ?, ?)";

const minutesPerDay = 1_440;
const minuteOf = (deliveryId: string) => Math.floor(deliveryMs(deliveryId) / 60_000);

/** The log of deliveries: a tenant's deliveries of a minute are a partition, and go in one request. */
export class WebhookDeliveries {
  readonly #session: Session;
  readonly #clock: Clock;
  /** Minutes that are known to be listed. */
  readonly #listed = new LRUCache<string, true>({ max: limits.webhookMinutesListedMax });

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** @param more goes in the same request. */
  async add(deliveries: readonly WebhookDeliveryRow[], more: readonly Statement[]): Promise<void> {
    const byMinute = Map.groupBy(deliveries, partitionOf);
    const loose: Statement[] = [];
    await mapBounded([...byMinute], limits.storeReadsPerCallMax, async ([key, rows]) => {
      const [{ tenantId, deliveryId }] = rows as [WebhookDeliveryRow];
      const minute = minuteOf(deliveryId);
      if (!this.#listed.has(key)) {
        const day = Math.floor(minute / minutesPerDay);
        await this.#session.writePartition([{ query: insertMinute, params: [tenantId, day, minute] }]);
        this.#listed.set(key, true);
      }
      const statements = rows.map((row) => ({
        query: insertDelivery,
        params: [tenantId, minute, row.deliveryId, JSON.stringify(row)],
      }));
      if (more.length > 0) loose.push(...statements);
      else await this.#write(statements);
    });
    if (more.length > 0) await this.#session.writeLoosely([...loose, ...more]);
  }

  async setProgress(
    changes: readonly (DeliveryKey & { readonly progress: DeliveryProgress })[],
  ): Promise<void> {
    const byMinute = Map.groupBy(changes, partitionOf);
    await mapBounded([...byMinute.values()], limits.storeReadsPerCallMax, (rows) =>
      this.#write(
        rows.map(({ tenantId, deliveryId, progress }) => ({
          query: updateProgress,
          params: [JSON.stringify(progress), tenantId, minuteOf(deliveryId), deliveryId],
        })),
      ),
    );
  }

  /** Later than what was read, by whichever clock that was written, and kept as long. */
  async setBodies(changes: readonly (DeliveryKey & { readonly body: string })[]): Promise<void> {
    await mapBounded(changes, limits.storeReadsPerCallMax, async ({ tenantId, deliveryId, body }) => {
      const place = [tenantId, minuteOf(deliveryId), deliveryId] as const;
      const row = await this.#session.first(selectWritten, place);
      if (row === null || row.delivery === null) return;
      const delivery = { ...fromJson<WebhookDeliveryRow>(row.delivery), body };
      const timestamp = timestampAfter(row.written, this.#clock);
      await this.#session.writePartition([
        {
          query: updateDelivery,
          params: [Number(row.ttl ?? ttl), timestamp, JSON.stringify(delivery), ...place],
        },
      ]);
    });
  }

  get(keys: readonly DeliveryKey[]): Promise<(KeptDelivery | null)[]> {
    return mapBounded(keys, limits.storeReadsPerCallMax, async ({ tenantId, deliveryId }) => {
      const row = await this.#session.first(selectOne, [tenantId, minuteOf(deliveryId), deliveryId]);
      return row === null ? null : keptOf(row);
    });
  }

  /** Looks into the minutes that have any, day by day, from one end of the range to the other. */
  async list(
    tenantId: string,
    page: { before?: string; after?: string; ascending?: boolean; limit: number },
  ): Promise<KeptDelivery[]> {
    const { ascending = false, limit } = page;
    const nowMs = Date.now();
    const after = page.after ?? firstIdOf(nowMs - ttl * 1_000);
    const before = page.before ?? firstIdOf(nowMs + limits.webhookClockSkewMsMax);
    const [from, to] = [minuteOf(after), minuteOf(before)];
    const found: KeptDelivery[] = [];
    for (const day of daysOf(from, to, ascending)) {
      const rows = await this.#session.rows(selectMinutes, [tenantId, day, from, to]);
      const minutes = rows.map(({ minute }) => toNumber(minute));
      for (const minute of ascending ? minutes : minutes.toReversed()) {
        const params = [tenantId, minute, after, before, limit - found.length];
        const query = ascending ? selectOldest : selectNewest;
        const kept = (await this.#session.rows(query, params)).map(keptOf);
        found.push(...kept.filter((each) => each !== null));
        if (found.length >= limit) return found;
      }
    }
    return found;
  }

  async readTail({ tenantId, endpointId, roomId }: TailKey): Promise<DeliveryTail | null> {
    const row = await this.#session.first(selectTail, [tenantId, endpointId, roomId]);
    return row === null ? null : { deliveryId: String(row.delivery_id), seq: toNumber(row.seq) };
  }

  async writeTail({ tenantId, endpointId, roomId }: TailKey, tail: DeliveryTail): Promise<void> {
    await this.#session.writePartition([
      { query: insertTail, params: [tenantId, endpointId, roomId, tail.deliveryId, tail.seq] },
    ]);
  }

  /** Of one partition, in requests of a size that Cassandra takes without a complaint. */
  async #write(statements: readonly Statement[]): Promise<void> {
    for (let at = 0; at < statements.length; at += limits.webhookRowsPerRequestMax) {
      await this.#session.writePartition(statements.slice(at, at + limits.webhookRowsPerRequestMax));
    }
  }
}

function partitionOf({ tenantId, deliveryId }: DeliveryKey): string {
  return `${tenantId}/${minuteOf(deliveryId)}`;
}

function daysOf(fromMinute: number, toMinute: number, ascending: boolean): number[] {
  const first = Math.floor(fromMinute / minutesPerDay);
  const last = Math.floor(toMinute / minutesPerDay);
  const days = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return ascending ? days : days.reverse();
}

function keptOf({ delivery, progress }: Row): KeptDelivery | null {
  // Its progress was written after the rest of it had expired.
  if (delivery === null) return null;
  return {
    ...fromJson<WebhookDeliveryRow>(delivery),
    progress: progress === null ? freshProgress : fromJson<DeliveryProgress>(progress),
  };
}
