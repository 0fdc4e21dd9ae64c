import type { NewReport, Report, Resolution } from "#shared/protocol/reports.ts";

/** Reports of messages. A part of the store of its own: see `store.ts`. They expire after `limits.reportRetentionSeconds`. */
export interface ReportStore {
  /**
   * Durable when it resolves. Of one message and reporter there is one report.
   *
   * @returns the one that is kept: an earlier one where there is one.
   */
  add(tenantId: string, report: NewReport, by: string): Promise<Report>;
  get(tenantId: string, reportId: string): Promise<Report | null>;
  /** Newest first, those before `before`. */
  list(tenantId: string, page: { before?: string; limit: number }): Promise<Report[]>;
  /** Whether there is such a report. The last word counts. */
  resolve(tenantId: string, reportId: string, resolution: Resolution): Promise<boolean>;
  /**
   * Puts this in the place of what a report said, which was made by `by`; `now` is what it is made by from then on. What
   * came of it stays.
   */
  replace(
    tenantId: string,
    report: NewReport,
    made: { readonly by: string; readonly now: string },
  ): Promise<void>;
  /** The message was deleted for good: its reports stay, without it. */
  forget(tenantId: string, roomId: string, messageId: string): Promise<void>;
}

/** How a report is shown. */
export function reportOf(
  report: NewReport,
  { resolution, isForgotten }: { readonly resolution: Resolution | null; readonly isForgotten: boolean },
): Report {
  return {
    ...report,
    ...(isForgotten ? { message: null, found: [], note: null } : {}),
    status: resolution === null ? "open" : "resolved",
    resolution,
  };
}
