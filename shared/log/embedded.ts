import { type Database, orUnavailable } from "#shared/embedded/database.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { Appender } from "./embedded/appender.ts";
import { Group } from "./embedded/group.ts";
import { GroupOffsets } from "./embedded/group-offsets.ts";
import { identityOf } from "./embedded/identity.ts";
import type { Partition } from "./embedded/partition.ts";
import { PartitionSource } from "./embedded/partition-source.ts";
import { RecordTable } from "./embedded/record-table.ts";
import { Retention } from "./embedded/retention.ts";
import { TopicTable } from "./embedded/topic-table.ts";
import { Lane } from "./lane.ts";
import type { EventLog, LogObserver, Running } from "./log.ts";
import { noObserver } from "./no-observer.ts";

interface EmbeddedLogOptions {
  /** Shared with the store; stays open when the log is closed. */
  readonly database: Database;
  readonly observer?: LogObserver;
}

/** The event log on SQLite: the same contract as Kafka's, for a deployment of one process. */
export function createEmbeddedLog({ database, observer = noObserver }: EmbeddedLogOptions): EventLog {
  const table = new RecordTable(database);
  const topics = new TopicTable(database, table);
  const offsets = new GroupOffsets(database);
  const appender = new Appender({ database, topics, table, observer });
  const groups = new Map<string, Group>();
  const readFrom = ({ topic, number }: Partition) =>
    Math.min(...[...groups.values()].map((group) => group.holdsFrom(topic.name, number)));
  const retention = new Retention({ database, topics, table, readFrom });
  const running = new Set<Running>();
  let closed = false;

  function mustBeOpen(): void {
    if (closed) throw new AppError("log_unavailable", "The log is closed.");
  }

  function tracked(started: Running): Running {
    const tracking: Running = {
      stop: async () => {
        running.delete(tracking);
        await started.stop();
      },
      delays: () => started.delays(),
    };
    running.add(tracking);
    return tracking;
  }

  return {
    async createTopics(specs) {
      mustBeOpen();
      orUnavailable("log_unavailable", () => topics.create(specs));
    },

    async append(records) {
      mustBeOpen();
      return await appender.append(records);
    },

    async subscribe(subscription) {
      mustBeOpen();
      const { group: name } = subscription;
      const group = groups.get(name) ?? new Group({ name, topics, offsets, observer });
      groups.set(name, group);
      return tracked(await group.join(subscription));
    },

    async tail({ topic, partition: number, process }) {
      mustBeOpen();
      const partition = topics.partition(topic, number);
      const source = new PartitionSource({ partition, from: partition.end, replayed: false });
      const lane = new Lane({
        partition: number,
        handler: { process, caughtUp: async () => {}, revoked: () => {} },
        sources: [source],
        observer,
      });
      const release = partition.onPublish(() => lane.wake());
      return tracked({
        stop: async () => {
          await lane.stop();
          release();
        },
        delays: () => lane.delays(),
      });
    },

    async identity() {
      mustBeOpen();
      return orUnavailable("log_unavailable", () => identityOf(database));
    },

    async ping() {
      mustBeOpen();
      orUnavailable("log_unavailable", () => database.prepare("SELECT 1").get());
    },

    async close() {
      closed = true;
      retention.stop();
      await Promise.all([...running].map((each) => each.stop()));
      await appender.whenIdle();
      offsets.close();
    },
  };
}
