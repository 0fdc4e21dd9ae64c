import { limits } from "#shared/limits.ts";
import type { NewReport, Report } from "#shared/protocol/reports.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { ReportStore } from "#shared/store/report-store.ts";

interface Erased {
  readonly tenantId: string;
  readonly userId: string;
  readonly pseudonym: string;
}

/**
 * Takes a user out of the reports of its tenant: of what it reported and of what it said that others did. What they are
 * about stays, unless that was deleted for good.
 *
 * @yields after each page.
 */
export async function* eraseFromReports(reports: ReportStore, erased: Erased): AsyncGenerator<void> {
  const { tenantId, userId, pseudonym } = erased;
  const limit = limits.pageItemsMax;
  for (let before: string | undefined; ; ) {
    const page = await reports.list(tenantId, { limit, ...(before === undefined ? {} : { before }) });
    for (const report of page.filter((each) => names(each, userId))) {
      const isOwn = report.reporterId === userId;
      const made = isOwn ? { by: userId, now: pseudonym } : { by: pseudonym, now: pseudonym };
      await reports.replace(tenantId, report.reportId, made, (now) => anonymousReport(erased, now));
    }
    yield;
    before = page.at(-1)?.reportId;
    if (page.length < limit) return;
  }
}

function names({ reporterId, message }: Report, userId: string): boolean {
  if (reporterId === userId || message?.senderId === userId) return true;
  const reacted = Object.values(message?.reactions ?? {}).flatMap(({ userIds }) => userIds);
  return (message?.mentions.includes(userId) ?? false) || reacted.includes(userId);
}

/** What it wrote to explain its report goes with it. */
function anonymousReport(erased: Erased, report: NewReport): NewReport {
  const isOwn = report.reporterId === erased.userId;
  const { message } = report;
  return {
    ...report,
    ...(isOwn ? { reporterId: erased.pseudonym, note: null } : {}),
    message: message === null ? null : anonymousMessage(erased, message),
  };
}

function anonymousMessage({ userId, pseudonym }: Erased, message: Message): Message {
  const idFor = (id: string) => (id === userId ? pseudonym : id);
  const isOwn = message.senderId === userId;
  const reactions = Object.entries(message.reactions).map(
    ([key, { count, userIds }]) => [key, { count, userIds: userIds.map(idFor) }] as const,
  );
  return {
    ...message,
    ...(isOwn ? { senderId: pseudonym, clientId: null } : {}),
    mentions: message.mentions.map(idFor),
    reactions: Object.fromEntries(reactions),
  };
}
