import { AssignerProtocol, type PartitionAssigner } from "kafkajs";
import { shareOut } from "../sticky.ts";
import { attendGroup, type GroupHooks } from "./coordinator.ts";
import { withFetchSessions } from "./fetch-session.ts";

const { MemberAssignment, MemberMetadata } = AssignerProtocol;
const version = 1;

/** What a consumer tells its assigner, and is told by it. */
export interface JoinHooks extends GroupHooks {
  /** A request to join is being made. */
  joining(): void;
  /** What we have, for the leader to leave with us. */
  held(): readonly number[];
}

/**
 * Gives partition p of every topic to the same member, and lets members keep what they had.
 *
 * @param topics in the order in which they are to be fetched: a fetch is filled from the front.
 */
export function coPartitioned(topics: readonly string[], hooks: JoinHooks): PartitionAssigner {
  return ({ cluster }) => {
    attendGroup(cluster, hooks);
    withFetchSessions(cluster);
    return {
      name: "sendsar-co-partitioned",
      version,
      protocol: ({ topics: subscribed }) => {
        hooks.joining();
        const userData = Buffer.from(JSON.stringify(hooks.held()));
        return {
          name: "sendsar-co-partitioned",
          metadata: MemberMetadata.encode({ version, topics: subscribed, userData }),
        };
      },
      assign: async ({ members }) => {
        const count = Math.max(...topics.map((topic) => cluster.findTopicPartitionMetadata(topic).length));
        const holders = members.map(({ memberId, memberMetadata }) => ({
          id: memberId,
          holds: heldOf(memberMetadata),
        }));
        return [...shareOut(count, holders)].map(([memberId, partitions]) => ({
          memberId,
          memberAssignment: assignmentOf(topics, partitions),
        }));
      },
    };
  };
}

/** For a group of one member: that partition and no other. kafkajs cannot read a partition without a group. */
export function onlyPartition(topic: string, partition: number, hooks: JoinHooks): PartitionAssigner {
  return ({ cluster }) => {
    attendGroup(cluster, hooks);
    withFetchSessions(cluster);
    return {
      name: "sendsar-one-partition",
      version,
      protocol: ({ topics }) => {
        hooks.joining();
        const metadata = MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) });
        return { name: "sendsar-one-partition", metadata };
      },
      assign: async ({ members }) =>
        members.map(({ memberId }) => ({ memberId, memberAssignment: assignmentOf([topic], [partition]) })),
    };
  };
}

function assignmentOf(topics: readonly string[], partitions: readonly number[]): Buffer {
  const assignment = Object.fromEntries(topics.map((topic) => [topic, [...partitions]]));
  return MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) });
}

/** What another member says is not trusted to be well-formed: it may be of another version. */
function heldOf(metadata: Buffer): number[] {
  try {
    const held: unknown = JSON.parse(MemberMetadata.decode(metadata)?.userData.toString() ?? "[]");
    return Array.isArray(held) ? held.filter((each) => Number.isInteger(each)) : [];
  } catch {
    return [];
  }
}
