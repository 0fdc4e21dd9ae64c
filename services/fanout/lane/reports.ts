import { reportJob } from "#shared/commands/report-job.ts";
import type { EventLog, NewRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { flaggedBy, reportIdFor } from "#shared/store/report-ids.ts";
import type { Store } from "#shared/store/store.ts";
import type { Outcome } from "./room-batch.ts";

interface Deps {
  readonly store: Pick<Store, "reports">;
  readonly log: Pick<EventLog, "append">;
  readonly topics: Topics;
}

/**
 * Puts what masking has flagged into the queue of reports, tells of it, and takes what goes for good out of it. Before the
 * rooms are written: a batch that is tried again does the same again, and one that is replayed has done it.
 */
export async function keepReports(
  { store: { reports }, log, topics }: Deps,
  outcomes: readonly Outcome[],
): Promise<void> {
  const jobs: NewRecord[] = [];
  await Promise.all(
    outcomes.map(async ({ command: { tenantId, roomId }, events, flagged, expired, decision }) => {
      await Promise.all(expired.map(({ message }) => reports.forget(tenantId, roomId, message.id)));
      for (const { event } of events) {
        if (event.type === "message.deleted" && event.erased === true) {
          await reports.forget(tenantId, event.roomId, event.messageId);
        }
        const isSaid = event.type === "message.created" || event.type === "message.updated";
        if (flagged === null || !isSaid || !("resource" in decision)) continue;
        const { replyTo: _replyTo, ...message } = decision.resource as Message;
        const { messageId, at, seq } = event;
        const by = flaggedBy(seq);
        const report = {
          reportId: reportIdFor({ ms: Date.parse(at), tenantId, roomId, messageId, by }),
          roomId,
          messageId,
          at,
          reason: "contact_details",
          note: null,
          reporterId: null,
          found: [...flagged],
          message,
        };
        jobs.push(reportJob(topics, tenantId, await reports.add(tenantId, report, by)));
      }
    }),
  );
  if (jobs.length > 0) await log.append(jobs);
}
