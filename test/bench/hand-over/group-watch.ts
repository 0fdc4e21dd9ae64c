import { type Admin, AssignerProtocol, Kafka, logLevel } from "kafkajs";

/** Which node of a group owns which partition, as Kafka tells it. */
export class GroupWatch {
  readonly #admin: Admin;
  readonly #group: string;
  readonly #topic: string;

  private constructor(admin: Admin, group: string, topic: string) {
    this.#admin = admin;
    this.#group = group;
    this.#topic = topic;
  }

  static async open(options: {
    brokers: readonly string[];
    group: string;
    topic: string;
  }): Promise<GroupWatch> {
    const admin = new Kafka({ brokers: [...options.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    return new GroupWatch(admin, options.group, options.topic);
  }

  /** Partition → node; null while the group is being shared out anew. */
  async owners(): Promise<ReadonlyMap<number, string> | null> {
    const { groups } = await this.#admin.describeGroups([this.#group]);
    const [group] = groups;
    if (group?.state !== "Stable") return null;
    const owners = new Map<number, string>();
    for (const { memberId, clientId, memberAssignment } of group.members) {
      const assignment = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {};
      // Of two members of one node the later one is another process.
      for (const partition of assignment[this.#topic] ?? [])
        owners.set(Number(partition), `${clientId} ${memberId}`);
    }
    return owners;
  }

  async close(): Promise<void> {
    await this.#admin.disconnect();
  }
}
