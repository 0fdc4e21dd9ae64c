import type { MessageReported } from "#shared/protocol/derived-events.ts";
import type { Store } from "#shared/store/store.ts";
import type { WebhookDeliveryRow } from "#shared/store/webhook-deliveries.ts";
import type { KeptWebhookEndpoint } from "#shared/store/webhook-store.ts";
import type { EndpointDirectory } from "../endpoint/directory.ts";
import type { Of } from "../partition/jobs.ts";
import { asksFor, derivedDelivery, roomOf } from "./derived-delivery.ts";

interface Deps {
  readonly rooms: Pick<Store, "readHeads">;
  readonly directory: Pick<EndpointDirectory, "recent">;
}

interface Made {
  readonly endpoint: KeptWebhookEndpoint;
  readonly row: WebhookDeliveryRow;
  readonly atMs: number;
}

/** Deliveries of reports to those endpoints that ask for them: the same of a report, however often it is told. */
export async function reportedIn(
  { rooms, directory }: Deps,
  jobs: readonly Of<"report">[],
  partition: number,
): Promise<Made[]> {
  const made = await Promise.all(
    jobs.map(async ({ v: _, type: _job, ...report }): Promise<Made[]> => {
      const { tenantId, roomId, at, reportId } = report;
      const asking = (await directory.recent(tenantId)).filter((endpoint) =>
        asksFor(endpoint, "message.reported", roomId),
      );
      if (asking.length === 0) return [];
      const [head] = await rooms.readHeads(tenantId, [roomId]);
      if (head === null || head === undefined) return [];
      const event: MessageReported = { type: "message.reported", ...report, room: roomOf(head) };
      const atMs = Date.parse(at);
      const of = { partition, atMs, what: [reportId] };
      return asking.map((endpoint) => ({ endpoint, row: derivedDelivery(event, endpoint, of), atMs }));
    }),
  );
  return made.flat();
}
