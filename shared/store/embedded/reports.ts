import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { NewReport, Report, Resolution } from "#shared/protocol/reports.ts";
import { fromJson } from "../from-json.ts";
import { firstReportId, reportMs } from "../report-ids.ts";
import { forgottenReport, type ReportStore, reportOf } from "../report-store.ts";

type Call = <T>(operation: string, fn: () => T) => Promise<T>;

export function createReportStore(
  database: Database,
  { call, durableCall }: { call: Call; durableCall: Call },
): ReportStore {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO store_reports (tenant_id, report_id, room_id, message_id, reporter, report)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const expire = database.prepare(
    `DELETE FROM store_reports WHERE rowid IN (SELECT rowid FROM store_reports ORDER BY rowid LIMIT 20) AND report_id < ?`,
  );
  const selectOf = database.prepare(
    `SELECT report, resolution FROM store_reports
     WHERE tenant_id = ? AND room_id = ? AND message_id = ? AND reporter = ?`,
  );
  const select = database.prepare(
    "SELECT report, resolution FROM store_reports WHERE tenant_id = ? AND report_id = ?",
  );
  const list = database.prepare(
    `SELECT report, resolution FROM store_reports WHERE tenant_id = ? AND report_id < ?
     ORDER BY report_id DESC LIMIT ?`,
  );
  const resolve = database.prepare(
    "UPDATE store_reports SET resolution = ? WHERE tenant_id = ? AND report_id = ?",
  );
  const selectAllOf = database.prepare(
    "SELECT report_id, report FROM store_reports WHERE tenant_id = ? AND room_id = ? AND message_id = ?",
  );
  const replace = database.prepare(
    "UPDATE store_reports SET report = ? WHERE tenant_id = ? AND report_id = ?",
  );
  const setReporter = database.prepare(
    "UPDATE store_reports SET reporter = ? WHERE tenant_id = ? AND report_id = ? AND reporter = ?",
  );

  function add(tenantId: string, report: NewReport, by: string): Report {
    const { reportId, roomId, messageId } = report;
    insert.run(tenantId, reportId, roomId, messageId, by, JSON.stringify(report));
    // As many go as come, and some more.
    expire.run(firstReportId(reportMs(reportId) - limits.reportRetentionSeconds * 1_000));
    return shown(selectOf.get(tenantId, roomId, messageId, by)) ?? shownNew(report);
  }

  return {
    add: (tenantId, report, by) => durableCall("addReport", () => add(tenantId, report, by)),
    get: (tenantId, reportId) => call("getReport", () => shown(select.get(tenantId, reportId))),
    list: (tenantId, { before = "~", limit }) =>
      call("listReports", () =>
        list
          .all(tenantId, before, limit)
          .map(shown)
          .filter((report) => report !== null),
      ),
    resolve: (tenantId, reportId, resolution) =>
      durableCall(
        "resolveReport",
        () => resolve.run(JSON.stringify(resolution), tenantId, reportId).changes > 0,
      ),
    replace: (tenantId, reportId, { by, now }, change) =>
      durableCall("replaceReport", () => {
        const row = select.get(tenantId, reportId);
        if (row === undefined) return;
        replace.run(JSON.stringify(change(fromJson<NewReport>(row.report))), tenantId, reportId);
        setReporter.run(now, tenantId, reportId, by);
      }),
    forget: (tenantId, roomId, messageId) =>
      call("forgetReports", () =>
        database.transaction(() => {
          for (const { report_id, report } of selectAllOf.all(tenantId, roomId, messageId)) {
            const emptied = forgottenReport(fromJson<NewReport>(report));
            replace.run(JSON.stringify(emptied), tenantId, report_id as string);
          }
        }),
      ),
  };
}

function shown(row: Record<string, unknown> | undefined): Report | null {
  if (row === undefined) return null;
  const resolution = row.resolution === null ? null : fromJson<Resolution>(row.resolution);
  return reportOf(fromJson<NewReport>(row.report), { resolution, isForgotten: false });
}

function shownNew(report: NewReport): Report {
  return reportOf(report, { resolution: null, isForgotten: false });
}
