import { setTimeout as elapse } from "node:timers/promises";
import { expect, test } from "vitest";
import { attendGroup, type GroupDesk } from "./coordinator.ts";

function attended(seeking: () => void = () => {}) {
  const calls: string[] = [];
  const confirmations: number[] = [];
  let answer = async () => {};
  const coordinator = {
    heartbeat: async () => answer(),
    syncGroup: async () => answer(),
    describeGroups: async () => ({ groups: [{ members: [{ memberId: "a-1", clientId: "a" }] }] }),
    leaveGroup: async ({ groupId, memberId }: { groupId: string; memberId: string }) =>
      void calls.push(`${memberId} left ${groupId}`),
  };
  const cluster = {
    findGroupCoordinator: async (_group: { groupId: string }): Promise<unknown> => {
      calls.push("found");
      return coordinator;
    },
  };
  let desk: GroupDesk | null = null;
  attendGroup(cluster, {
    seeking,
    beforeJoin: async (group) => {
      desk = group;
      calls.push("joins");
    },
    confirmed: (atMs) => void confirmations.push(atMs),
  });
  return {
    calls,
    confirmations,
    cluster,
    desk: () => desk as unknown as GroupDesk,
    answerWith: (next: () => Promise<void>) => {
      answer = next;
    },
  };
}

test("an answer that comes late confirms the time at which the group was asked, and each counts once", async () => {
  const { cluster, confirmations, answerWith } = attended();
  const coordinator = (await cluster.findGroupCoordinator({ groupId: "g" })) as {
    heartbeat(o: object): Promise<void>;
  };
  await cluster.findGroupCoordinator({ groupId: "g" });
  answerWith(async () => void (await elapse(100)));
  const askedMs = performance.now();
  await coordinator.heartbeat({});
  expect(confirmations).toHaveLength(1);
  expect(confirmations[0]).toBeLessThan(askedMs + 50);
});

test("what the group refuses confirms nothing", async () => {
  const { cluster, confirmations, answerWith } = attended();
  const coordinator = (await cluster.findGroupCoordinator({ groupId: "g" })) as {
    syncGroup(o: object): Promise<void>;
  };
  answerWith(async () => {
    throw new Error("unknown member");
  });
  await expect(coordinator.syncGroup({})).rejects.toThrow();
  expect(confirmations).toEqual([]);
});

test("a consumer that may not join asks nothing of the group", async () => {
  const { cluster, calls } = attended(() => {
    throw new Error("closed");
  });
  await expect(cluster.findGroupCoordinator({ groupId: "g" })).rejects.toThrow("closed");
  expect(calls).toEqual([]);
});

test("members can be listed and put out", async () => {
  const { cluster, calls, desk } = attended();
  await cluster.findGroupCoordinator({ groupId: "g" });
  expect(await desk().members()).toEqual([{ memberId: "a-1", clientId: "a" }]);
  await desk().putOut("a-1");
  expect(calls).toEqual(["found", "joins", "a-1 left g"]);
});
