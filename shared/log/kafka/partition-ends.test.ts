import type { Admin } from "kafkajs";
import { expect, test } from "vitest";
import { unreadOf } from "./partition-ends.ts";

function adminWith(low: number, high: number, committed: number) {
  const client = {
    fetchTopicOffsets: async () => [
      { partition: 0, offset: String(high), low: String(low), high: String(high) },
    ],
    fetchOffsets: async ({ topics }: { topics: string[] }) =>
      topics.map((topic) => ({
        topic,
        partitions: [{ partition: 0, offset: String(committed), metadata: null }],
      })),
  };
  return { run: <T>(work: (admin: Admin) => Promise<T>) => work(client as unknown as Admin) };
}
const place = { topic: "t", partition: 0 };

test.each([
  ["records after what was received", adminWith(0, 10, -1), 9, 1],
  ["nothing after what was received", adminWith(0, 10, -1), 10, 0],
  ["records after the group's offset", adminWith(0, 10, 4), null, 1],
  ["records of a group that has no offset", adminWith(0, 10, -1), null, 1],
  ["an empty partition", adminWith(0, 0, -1), null, 0],
  ["records that were all removed by their age before the group read them", adminWith(10, 10, 4), null, 0],
  ["some of them removed", adminWith(9, 10, 4), null, 1],
])("%s", async (_what, admin, received, unread) => {
  expect(await unreadOf(admin, "g", [{ ...place, received }])).toHaveLength(unread);
});
