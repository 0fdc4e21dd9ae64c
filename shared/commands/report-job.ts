import type { NewRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Report } from "#shared/protocol/reports.ts";
import type { WebhookJobRecord } from "#shared/protocol/webhook-jobs.ts";

/** Asks the owner of the room's deliveries to tell of a report. */
export function reportJob(
  topics: Pick<Topics, "webhookJobs" | "partitionOf">,
  tenantId: string,
  report: Pick<Report, "reportId" | "roomId" | "messageId" | "at" | "reason" | "reporterId">,
): NewRecord {
  const { reportId, roomId, messageId, at, reason, reporterId } = report;
  const about = { reportId, messageId, reason, reporterId };
  const job: WebhookJobRecord = { v: 1, type: "report", tenantId, roomId, at, ...about };
  const partition = topics.partitionOf(tenantId, roomId);
  return { topic: topics.webhookJobs, partition, key: tenantId, value: JSON.stringify(job) };
}
