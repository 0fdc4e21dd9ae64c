import { randomInt, randomUUID } from "node:crypto";
import type { Batch, EventLog, Running } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { DeliveryItem, DeliveryRecord } from "#shared/protocol/records.ts";

/** Where fanout reaches this node: one partition of `deliveries`, and the name that its records carry. */
export interface InboxAddress {
  readonly inbox: string;
  readonly partition: number;
}

export interface Inbox extends InboxAddress {
  stop(): Promise<void>;
}

/**
 * Opens an inbox at the end of a partition chosen by chance: the name is new each time, so nothing that was meant for
 * an earlier process can arrive. Several inboxes may share a partition; each skips what is not its own.
 *
 * @param receive is given what came in one read, in order; a rejection gives the same again.
 */
export async function openInbox(options: {
  log: EventLog;
  topics: Topics;
  service: "gateway" | "ingest" | "calls";
  receive: (items: readonly DeliveryItem[]) => void | Promise<void>;
}): Promise<Inbox> {
  const { log, topics, service, receive } = options;
  const address: InboxAddress = {
    inbox: `${service}-${randomUUID()}`,
    partition: randomInt(topics.inboxPartitions),
  };
  const running: Running = await log.tail({
    topic: topics.deliveries,
    partition: address.partition,
    process: async (batch: Batch) => {
      const items = itemsFor(address.inbox, batch);
      if (items.length > 0) await receive(items);
    },
  });
  return { ...address, stop: () => running.stop() };
}

/** The record's key is the inbox, so that those of others are skipped without being parsed. */
function itemsFor(inbox: string, batch: Batch): DeliveryItem[] {
  return batch.records
    .filter((record) => record.key === inbox && record.value !== null)
    .flatMap((record) => (JSON.parse(record.value as string) as DeliveryRecord).items);
}
