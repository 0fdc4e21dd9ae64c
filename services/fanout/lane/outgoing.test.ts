import { expect, test } from "vitest";
import { topicsOf } from "#shared/log/topics.ts";
import { Outgoing } from "./outgoing.ts";

const inboxes = ["a", "b"].map((inbox, partition) => ({ inbox, partition }));

test("what is delivered is counted once for each inbox, however few records it takes", () => {
  const outgoing = new Outgoing(topicsOf({ prefix: "", partitions: 4, inboxPartitions: 4 }));
  const revoked = {
    type: "revoked",
    tenantId: "t",
    userId: "u",
    before: "2026-01-01T00:00:00.000Z",
  } as const;
  outgoing.deliver(inboxes, revoked);
  outgoing.deliver(inboxes.slice(0, 1), revoked);
  outgoing.deliver([], { type: "interest.lost", partition: 1 });
  expect([...outgoing.items]).toEqual([["revoked", 3]]);
  expect(outgoing.records()).toHaveLength(2);
});
