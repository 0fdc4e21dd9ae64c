import type { NewReport, Report, Resolution } from "#shared/protocol/reports.ts";
import { forgottenReport, type ReportStore, reportOf } from "#shared/store/report-store.ts";

interface Kept {
  report: NewReport;
  resolution: Resolution | null;
}

/** Reports in memory, held to the contract of the real stores. */
export class MemoryReports implements ReportStore {
  readonly #kept = new Map<string, Kept>();
  readonly #by = new Map<string, string>();

  async add(tenantId: string, report: NewReport, by: string): Promise<Report> {
    const place = [tenantId, report.roomId, report.messageId, by].join("\n");
    const known = this.#by.get(place);
    if (known !== undefined) return shown(this.#kept.get(known)) ?? unreachable();
    const key = `${tenantId}/${report.reportId}`;
    this.#by.set(place, key);
    this.#kept.set(key, { report, resolution: null });
    return shown(this.#kept.get(key)) ?? unreachable();
  }

  async get(tenantId: string, reportId: string): Promise<Report | null> {
    return shown(this.#kept.get(`${tenantId}/${reportId}`));
  }

  async list(
    tenantId: string,
    { before = "~", limit }: { before?: string; limit: number },
  ): Promise<Report[]> {
    return [...this.#kept]
      .filter(([key, { report }]) => key === `${tenantId}/${report.reportId}` && report.reportId < before)
      .map(([, kept]) => shown(kept) ?? unreachable())
      .sort((a, b) => (a.reportId < b.reportId ? 1 : -1))
      .slice(0, limit);
  }

  async resolve(tenantId: string, reportId: string, resolution: Resolution): Promise<boolean> {
    const kept = this.#kept.get(`${tenantId}/${reportId}`);
    if (kept !== undefined) kept.resolution = resolution;
    return kept !== undefined;
  }

  async replace(
    tenantId: string,
    reportId: string,
    { by, now }: { readonly by: string; readonly now: string },
    change: (report: NewReport) => NewReport,
  ): Promise<void> {
    const key = `${tenantId}/${reportId}`;
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    kept.report = change(kept.report);
    const { roomId, messageId } = kept.report;
    const place = (of: string) => [tenantId, roomId, messageId, of].join("\n");
    if (this.#by.get(place(by)) !== key || by === now) return;
    this.#by.delete(place(by));
    this.#by.set(place(now), key);
  }

  async forget(tenantId: string, roomId: string, messageId: string): Promise<void> {
    for (const [key, kept] of this.#kept) {
      const { report } = kept;
      if (key !== `${tenantId}/${report.reportId}` || report.roomId !== roomId) continue;
      if (report.messageId === messageId) kept.report = forgottenReport(report);
    }
  }
}

function shown(kept: Kept | undefined): Report | null {
  return kept === undefined
    ? null
    : reportOf(kept.report, { resolution: kept.resolution, isForgotten: false });
}

function unreachable(): never {
  throw new Error("unreachable");
}
