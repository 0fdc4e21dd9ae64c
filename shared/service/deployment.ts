import type { EventLog } from "#shared/log/log.ts";
import type { Deployment } from "#shared/store/deployment.ts";
import type { Store } from "#shared/store/store.ts";

const firstEpoch = 1;

/**
 * Makes the deployment, if nobody has, and makes sure that ours is the one that the store belongs to.
 *
 * @throws Error where it was made with another number of partitions, as a room's partition would differ; or with
 * another log, as the store's positions would be compared with offsets that have nothing to do with them, and new
 * commands be taken for repeats.
 */
export async function joinDeployment(
  store: Pick<Store, "pinDeployment">,
  log: Pick<EventLog, "identity">,
  { partitions, topicPrefix }: { partitions: number; topicPrefix: string },
): Promise<Deployment> {
  // No identity has a slash, so two pairs never give one text.
  const own = `${await log.identity()}/${topicPrefix}`;
  const pinned = await store.pinDeployment({ epoch: firstEpoch, partitions, log: own });
  if (pinned.log !== own) {
    throw new Error(
      `This keyspace holds the history of the log ${pinned.log} (cluster id/topic prefix), and this is ${own}: its ` +
        "new messages would be taken for old ones. Set SENDSAR_KAFKA_BROKERS and SENDSAR_TOPIC_PREFIX to the log that " +
        "belongs to this history, or SENDSAR_CASSANDRA_KEYSPACE to another keyspace.",
    );
  }
  if (pinned.partitions !== partitions) {
    throw new Error(
      `This deployment was made with SENDSAR_PARTITIONS=${pinned.partitions}, not ${partitions}; it cannot be changed.`,
    );
  }
  return pinned;
}
