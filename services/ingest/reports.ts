import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { reportJob } from "#shared/commands/report-job.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Report, ReportPost, ReportResolve } from "#shared/protocol/reports.ts";
import { reportIdFor } from "#shared/store/report-ids.ts";
import type { Store } from "#shared/store/store.ts";

interface ReportsDeps {
  readonly store: Pick<Store, "readMessage" | "reports">;
  readonly authority: Pick<Authority, "membership">;
  readonly clock: Clock;
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
}

interface Place {
  readonly tenantId: string;
  readonly roomId: string;
  readonly messageId: string;
}

interface Filter {
  readonly status?: Report["status"];
  readonly roomId?: string;
}

/** What users report of what others say, for the customer's server. */
export class Reports {
  readonly #deps: ReportsDeps;

  constructor(deps: ReportsDeps) {
    this.#deps = deps;
  }

  /** @throws AppError room_not_found, not_a_member, message_not_found, message_deleted, forbidden. */
  async make(place: Place, userId: string, { reason, note = null }: ReportPost) {
    const { store, authority, clock, log, topics } = this.#deps;
    const { tenantId, roomId, messageId } = place;
    await authority.membership(tenantId, roomId, userId);
    const row = await store.readMessage(tenantId, roomId, messageId);
    if (row === null) throw new AppError("message_not_found");
    const { message } = row;
    if (message.senderId === userId) throw new AppError("forbidden", "It is the user's own message.");
    if (message.deletedAt !== null) throw new AppError("message_deleted");
    const ms = clock.nowMs();
    const reportId = reportIdFor({ ms, ...place, by: userId });
    const report = {
      reportId,
      roomId,
      messageId,
      at: rfc3339(ms),
      reason,
      note,
      reporterId: userId,
      found: [],
      message,
    };
    const kept = await store.reports.add(tenantId, report, userId);
    // Also where it was kept before: then this may not have come about.
    await log.append([reportJob(topics, tenantId, kept)]);
    return { isNew: kept.reportId === reportId, report: kept };
  }

  /** Newest first. A page ends where so many were looked at as well. */
  async list(
    tenantId: string,
    { status, roomId }: Filter,
    { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<{ items: Report[]; next: string | null }> {
    const items: Report[] = [];
    let before = cursor;
    for (let scanned = 0; scanned < limits.reportsScannedMax; ) {
      const size = Math.min(limits.pageItemsMax, limits.reportsScannedMax - scanned);
      const page = { limit: size, ...(before === undefined ? {} : { before }) };
      const found = await this.#deps.store.reports.list(tenantId, page);
      for (const report of found) {
        if (items.length === limit) return { items, next: before ?? null };
        before = report.reportId;
        const fits =
          (status ?? report.status) === report.status && (roomId ?? report.roomId) === report.roomId;
        if (fits) items.push(report);
      }
      if (found.length < size) return { items, next: null };
      scanned += found.length;
    }
    return { items, next: before ?? null };
  }

  /** @throws AppError report_not_found. */
  async get(tenantId: string, reportId: string): Promise<Report> {
    const report = await this.#deps.store.reports.get(tenantId, reportId);
    if (report === null) throw new AppError("report_not_found");
    return report;
  }

  /** @throws AppError report_not_found. */
  async resolve(
    tenantId: string,
    reportId: string,
    { outcome, note = null }: ReportResolve,
  ): Promise<Report> {
    const { store, clock } = this.#deps;
    const resolution = { at: rfc3339(clock.nowMs()), outcome, note };
    if (!(await store.reports.resolve(tenantId, reportId, resolution)))
      throw new AppError("report_not_found");
    return this.get(tenantId, reportId);
  }
}
