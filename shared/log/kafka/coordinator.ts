/** The broker that keeps a group, as far as kafkajs speaks to it for us. */
interface Coordinator {
  heartbeat(request: object): Promise<unknown>;
  syncGroup(request: object): Promise<unknown>;
  describeGroups(request: { groupIds: string[] }): Promise<{ groups: readonly DescribedGroup[] }>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
}

interface DescribedGroup {
  readonly members: readonly { readonly memberId: string; readonly clientId: string }[];
}

/** What a consumer is told of its dealings with its group. */
export interface GroupHooks {
  /** It begins to look for its group, to join it. Throws when it should not. */
  seeking(): void;
  /** Awaited before each join: what is in hand ends, and is committed while we are still a member. */
  beforeJoin(group: GroupDesk): Promise<void>;
  /** The group has confirmed us, at this time of our monotonic clock or later. */
  confirmed(atMs: number): void;
}

/** What can be asked of a group besides what kafkajs asks. */
export interface GroupDesk {
  /** Those that are members now. */
  members(): Promise<DescribedGroup["members"]>;
  /** Puts a member out: the group need not wait until its session has run out. */
  putOut(memberId: string): Promise<void>;
}

/**
 * kafkajs joins a group anew without waiting for what its handlers have in hand (tulios/kafkajs#1046). Looking for the
 * group's coordinator is the first thing that it does in each join, and it does so for nothing else.
 */
export function attendGroup(
  cluster: { findGroupCoordinator(group: { groupId: string }): Promise<unknown> },
  hooks: GroupHooks,
): void {
  const find = cluster.findGroupCoordinator.bind(cluster);
  const watched = new WeakSet<Coordinator>();
  cluster.findGroupCoordinator = async (group) => {
    hooks.seeking();
    const coordinator = (await find(group)) as Coordinator;
    if (!watched.has(coordinator)) {
      watched.add(coordinator);
      watch(coordinator, hooks);
    }
    const { groupId } = group;
    await hooks.beforeJoin({
      members: async () =>
        (await coordinator.describeGroups({ groupIds: [groupId] })).groups[0]?.members ?? [],
      putOut: async (memberId) => void (await coordinator.leaveGroup({ groupId, memberId })),
    });
    return coordinator;
  };
}

/**
 * The group counts our session from when it heard us, which may be long before we hear its answer: a process that was
 * stopped in between would take an old answer for news.
 */
function watch(coordinator: Coordinator, hooks: GroupHooks): void {
  for (const name of ["heartbeat", "syncGroup"] as const) {
    const send = coordinator[name].bind(coordinator);
    coordinator[name] = async (request) => {
      const sentMs = performance.now();
      const answer = await send(request);
      hooks.confirmed(sentMs);
      return answer;
    };
  }
}
