import { rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { NewReport, Report, Resolution } from "#shared/protocol/reports.ts";
import { fromJson } from "../from-json.ts";
import { reportMs } from "../report-ids.ts";
import { forgottenReport, type ReportStore, reportOf } from "../report-store.ts";
import { toNumber } from "./columns.ts";
import type { Row, Session } from "./session.ts";

const ttl = limits.reportRetentionSeconds;
const insertOf = `INSERT INTO message_reports (tenant_id, room_id, message_id, reporter, report_id)
  VALUES (?, ?, ?, ?, ?)`;
const insertFlag = `${insertOf} USING TTL ${ttl}`;
const insertFlagFor = `${insertOf} USING TTL ?`;
// Of two nodes that are told of the same at once one is the first for both.
const insertFirst = `${insertOf} IF NOT EXISTS USING TTL ${ttl}`;
const ofMessage = "tenant_id = ? AND room_id = ? AND message_id = ?";
const selectOf = `SELECT report_id, WRITETIME(report_id) AS written FROM message_reports
  WHERE ${ofMessage} AND reporter = ?`;
const deleteOf = `DELETE FROM message_reports USING TIMESTAMP ? WHERE ${ofMessage} AND reporter = ?`;
const selectAllOf = `SELECT report_id FROM message_reports WHERE ${ofMessage}`;
const insertHour = `INSERT INTO report_hours (tenant_id, hour) VALUES (?, ?) USING TTL ${ttl}`;
const insert = `INSERT INTO reports (tenant_id, hour, report_id, report) VALUES (?, ?, ?, ?) USING TTL ${ttl}`;
const setResolution = `UPDATE reports USING TTL ${ttl} SET resolution = ? WHERE tenant_id = ? AND hour = ? AND report_id = ?`;
// What is written again expires when the rest of the report does. Of two who change it at once the second looks again.
const setReport = `UPDATE reports USING TTL ? SET report = ?, forgotten = ?
  WHERE tenant_id = ? AND hour = ? AND report_id = ? IF report = ?`;
const selectHours = "SELECT hour FROM report_hours WHERE tenant_id = ? AND hour <= ? LIMIT ?";
const columns = "report, resolution, forgotten";
const select = `SELECT ${columns} FROM reports WHERE tenant_id = ? AND hour = ? AND report_id < ? LIMIT ?`;
const selectOne = `SELECT ${columns}, TTL(report) AS seconds FROM reports WHERE tenant_id = ? AND hour = ? AND report_id = ?`;

const hourMs = 3_600_000;
const hourOf = (reportId: string) => Math.floor(reportMs(reportId) / hourMs);
/** After every id. */
const last = "~";
const lastHour = 2_147_483_647;
/** How often one that others change meanwhile is looked at again. Past it: store_unavailable, to be tried again. */
const changeTriesMax = 10;
/** Hours looked up at a time. */
const hoursPerRead = 100;

type Call = <T>(operation: string, fn: () => Promise<T>) => Promise<T>;

export function createReportStore(session: Session, call: Call): ReportStore {
  async function one(tenantId: string, reportId: string): Promise<Report | null> {
    return shown(await session.first(selectOne, [tenantId, hourOf(reportId), reportId]));
  }

  async function add(tenantId: string, report: NewReport, by: string): Promise<Report> {
    const { roomId, messageId } = report;
    const reportId = await firstOf([tenantId, roomId, messageId, by], report);
    const known = reportId === report.reportId ? null : await one(tenantId, reportId);
    if (known !== null) return known;
    // Whoever was first has not come to write it: it is written for it, under its id.
    const kept = { ...report, reportId, at: rfc3339(reportMs(reportId)) };
    const hour = hourOf(reportId);
    // Before the report, which nobody would find without it.
    await session.writePartition([{ query: insertHour, params: [tenantId, hour] }]);
    const params = [tenantId, hour, reportId, JSON.stringify(kept)];
    await session.writePartition([{ query: insert, params }]);
    return (await one(tenantId, reportId)) ?? reportOf(kept, { resolution: null, isForgotten: false });
  }

  /** The id of the report by which somebody reported a message first. */
  async function firstOf(place: readonly string[], { reportId, reporterId }: NewReport): Promise<string> {
    // That of masking follows from the message: whoever makes it makes the same.
    if (reporterId === null) {
      await session.writePartition([{ query: insertFlag, params: [...place, reportId] }]);
      return reportId;
    }
    const known =
      (await session.first(selectOf, place)) ?? (await session.first(insertFirst, [...place, reportId]));
    // Where this one was not taken, the answer is the row that is there.
    return known?.report_id == null ? reportId : String(known.report_id);
  }

  /** @returns the report as it is then, and for how many seconds yet; null: it has expired. */
  async function change(
    tenantId: string,
    reportId: string,
    to: (report: NewReport) => NewReport,
    { forgets = false }: { readonly forgets?: boolean } = {},
  ): Promise<{ report: NewReport; seconds: number } | null> {
    const place = [tenantId, hourOf(reportId), reportId];
    for (let tries = 0; tries < changeTriesMax; tries++) {
      const row = await session.first(selectOne, place);
      if (row === null || row.report == null) return null;
      const isForgotten = forgets || row.forgotten === true;
      const kept = fromJson<NewReport>(row.report);
      const report = to(isForgotten ? forgottenReport(kept) : kept);
      // 0 would be for ever.
      const seconds = Math.max(1, Number(row.seconds));
      const set = [seconds, JSON.stringify(report), isForgotten];
      const outcome = await session.first(setReport, [...set, ...place, String(row.report)]);
      if (outcome?.["[applied]"] === true) return { report, seconds };
    }
    throw new AppError("store_unavailable", "Others change this report.");
  }

  async function replace(
    tenantId: string,
    reportId: string,
    { by, now }: { readonly by: string; readonly now: string },
    to: (report: NewReport) => NewReport,
  ): Promise<void> {
    const changed = await change(tenantId, reportId, to);
    if (changed === null || by === now) return;
    const { report, seconds } = changed;
    const place = [tenantId, report.roomId, report.messageId];
    const known = await session.first(selectOf, [...place, by]);
    if (known === null || known.report_id !== reportId) return;
    await session.writePartition([
      { query: insertFlagFor, params: [...place, now, reportId, seconds] },
      { query: deleteOf, params: [toNumber(known.written), ...place, by] },
    ]);
  }

  async function list(tenantId: string, { before = last, limit }: { before?: string; limit: number }) {
    const found: Report[] = [];
    let upTo = before === last ? lastHour : hourOf(before);
    for (;;) {
      const hours = await session.rows(selectHours, [tenantId, upTo, hoursPerRead]);
      for (const { hour } of hours) {
        const rows = await session.rows(select, [tenantId, Number(hour), before, limit - found.length]);
        found.push(...rows.map(shown).filter((report) => report !== null));
        if (found.length >= limit) return found;
        upTo = Number(hour) - 1;
      }
      if (hours.length < hoursPerRead) return found;
    }
  }

  async function forgetMessage(tenantId: string, roomId: string, messageId: string): Promise<void> {
    const rows = await session.rows(selectAllOf, [tenantId, roomId, messageId]);
    for (const { report_id } of rows) {
      await change(tenantId, String(report_id), (report) => report, { forgets: true });
    }
  }

  return {
    add: (tenantId, report, by) => call("addReport", () => add(tenantId, report, by)),
    get: (tenantId, reportId) => call("getReport", () => one(tenantId, reportId)),
    list: (tenantId, page) => call("listReports", () => list(tenantId, page)),
    resolve: (tenantId, reportId, resolution) =>
      call("resolveReport", async () => {
        if ((await one(tenantId, reportId)) === null) return false;
        const params = [JSON.stringify(resolution), tenantId, hourOf(reportId), reportId];
        await session.writePartition([{ query: setResolution, params }]);
        return true;
      }),
    replace: (tenantId, reportId, made, to) =>
      call("replaceReport", () => replace(tenantId, reportId, made, to)),
    forget: (tenantId, roomId, messageId) =>
      call("forgetReports", () => forgetMessage(tenantId, roomId, messageId)),
  };
}

/** Of one that has expired before its resolution nothing is left to say. */
function shown(row: Row | null): Report | null {
  if (row === null || row.report == null) return null;
  const resolution = row.resolution == null ? null : fromJson<Resolution>(row.resolution);
  return reportOf(fromJson<NewReport>(row.report), { resolution, isForgotten: row.forgotten === true });
}
