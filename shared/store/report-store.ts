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
   * Changes what a report says as it is by now, in one step, so that nothing that was forgotten meanwhile comes back. It
   * was made by `by`; `now` is what it is made by from then on. What came of it stays, and so does when it expires.
   */
  replace(
    tenantId: string,
    reportId: string,
    made: { readonly by: string; readonly now: string },
    change: (report: NewReport) => NewReport,
  ): Promise<void>;
  /** The message was deleted for good: its reports stay, without it. */
  forget(tenantId: string, roomId: string, messageId: string): Promise<void>;
}

/** What is left of a report whose message was deleted for good. */
export function forgottenReport(report: NewReport): NewReport {
  return { ...report, message: null, found: [], note: null };
}

/** How a report is shown. */
export function reportOf(
  report: NewReport,
  { resolution, isForgotten }: { readonly resolution: Resolution | null; readonly isForgotten: boolean },
): Report {
  return {
    ...(isForgotten ? forgottenReport(report) : report),
    status: resolution === null ? "open" : "resolved",
    resolution,
  };
}
