import { limits } from "#shared/limits.ts";
import type { DuePlace, DueRow } from "../webhook-deliveries.ts";
import { mapBounded } from "./bounded.ts";
import { toNumber } from "./columns.ts";
import type { Row, Session, Statement } from "./session.ts";

const insertDue = `INSERT INTO webhook_due (part, minute, due_ms, delivery_id, tenant_id, endpoint_id)
  VALUES (?, ?, ?, ?, ?, ?)`;
const deleteDue = "DELETE FROM webhook_due WHERE part = ? AND minute = ? AND due_ms = ? AND delivery_id = ?";
const selectDue = `SELECT due_ms, delivery_id, tenant_id, endpoint_id FROM webhook_due
  WHERE part = ? AND minute = ? AND (due_ms, delivery_id) > (?, ?) AND (due_ms) <= (?) LIMIT ?`;
const selectMark = "SELECT mark_ms FROM webhook_marks WHERE part = ?";
const insertMark = "INSERT INTO webhook_marks (part, mark_ms) VALUES (?, ?)";

const minuteMs = 60_000;
const minuteOf = (ms: number) => Math.floor(ms / minuteMs);

/** What is due, by partition and minute: the minutes before the mark are never read again. */
export class WebhookDue {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Adds before it removes: what is moved is at no time in neither place. */
  async change(
    partition: number,
    { add = [], remove = [] }: { add?: readonly DueRow[]; remove?: readonly DueRow[] },
  ): Promise<void> {
    await this.#write(add, (row) => insertOf(partition, row));
    await this.#write(remove, ({ dueMs, deliveryId }) => ({
      query: deleteDue,
      params: [partition, minuteOf(dueMs), dueMs, deliveryId],
    }));
  }

  async read(
    partition: number,
    { after, untilMs, limit }: { after: DuePlace; untilMs: number; limit: number },
  ): Promise<{ rows: DueRow[]; next: DuePlace }> {
    const first = minuteOf(after.dueMs);
    const last = Math.min(minuteOf(untilMs), first + limits.webhookMinutesPerReadMax - 1);
    const minutes = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    const pages = await mapBounded(minutes, limits.storeReadsPerCallMax, (minute) =>
      this.#session.rows(selectDue, [partition, minute, after.dueMs, after.deliveryId, untilMs, limit]),
    );
    const rows = pages.flat().map(dueOf);
    const given = rows.slice(0, limit);
    const end = { dueMs: Math.min(untilMs, (last + 1) * minuteMs - 1), deliveryId: "~" };
    return { rows: given, next: given.length === limit ? (given.at(-1) ?? end) : end };
  }

  async readMark(partition: number): Promise<number | null> {
    const row = await this.#session.first(selectMark, [partition]);
    return row === null ? null : toNumber(row.mark_ms);
  }

  async writeMark(partition: number, ms: number): Promise<void> {
    await this.#session.writePartition([{ query: insertMark, params: [partition, ms] }]);
  }

  /** Rows of a minute are a partition, and go in one request. */
  async #write(rows: readonly DueRow[], statementOf: (row: DueRow) => Statement): Promise<void> {
    const byMinute = Map.groupBy(rows, ({ dueMs }) => minuteOf(dueMs));
    await mapBounded([...byMinute.values()], limits.storeReadsPerCallMax, async (group) => {
      for (let at = 0; at < group.length; at += limits.webhookRowsPerRequestMax) {
        const part = group.slice(at, at + limits.webhookRowsPerRequestMax);
        await this.#session.writePartition(part.map(statementOf));
      }
    });
  }
}

/** For a request that says more than what is due. */
export function insertsOf(partition: number, rows: readonly DueRow[]): Statement[] {
  return rows.map((row) => insertOf(partition, row));
}

function insertOf(partition: number, { dueMs, deliveryId, tenantId, endpointId }: DueRow): Statement {
  return {
    query: insertDue,
    params: [partition, minuteOf(dueMs), dueMs, deliveryId, tenantId, endpointId],
  };
}

function dueOf(row: Row): DueRow {
  return {
    dueMs: toNumber(row.due_ms),
    deliveryId: String(row.delivery_id),
    tenantId: String(row.tenant_id),
    endpointId: String(row.endpoint_id),
  };
}
