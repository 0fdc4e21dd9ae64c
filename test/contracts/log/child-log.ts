import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog } from "#shared/log/log.ts";

/** Where a log's data are, in a form that can be handed to another process. */
export type ChildLog =
  | { readonly engine: "embedded"; readonly path: string; readonly prefix: string }
  | { readonly engine: "kafka"; readonly brokers: readonly string[]; readonly prefix: string };

export async function openChildLog(where: ChildLog): Promise<EventLog> {
  switch (where.engine) {
    case "embedded":
      return createEmbeddedLog({ database: openDatabase(where.path) });
    case "kafka":
      return await connectKafkaLog({ brokers: where.brokers, clientId: `${where.prefix}child` });
  }
}
