import { afterAll, beforeAll, expect, test } from "vitest";
import { connectCassandraStore } from "#shared/store/cassandra/cassandra-store.ts";
import { cassandraClient } from "#shared/store/cassandra/connection.ts";
import { EventReads } from "#shared/store/cassandra/event-reads.ts";
import { writeRooms } from "#shared/store/cassandra/room-writes.ts";
import { type Parameter, Session } from "#shared/store/cassandra/session.ts";
import { cassandra, makeKeyspace } from "./keyspace.ts";
import { reportAt } from "./report-contract.ts";
import { TestRoom } from "./test-room.ts";
import { allEvents, allMessages } from "./visible.ts";

let made: Awaited<ReturnType<typeof makeKeyspace>>;
beforeAll(async () => {
  made = await makeKeyspace();
});
afterAll(() => made.drop());

test("events expire, also thousands of them, and catch-up starts with the first that is left", async () => {
  const shortly = await connectCassandraStore({
    ...cassandra(),
    keyspace: made.keyspace,
    eventRetentionSeconds: 1,
  });
  const store = await connectCassandraStore({ ...cassandra(), keyspace: made.keyspace });
  const room = new TestRoom("t", "r");
  room.add("a");
  for (let n = 1; n <= 5_400; n++) room.say("a", `${n}`);
  for (let from = 0; from < 4_200; from += 600) await shortly.writeRooms([room.write(from, from + 600)]);
  await store.writeRooms([room.write(4_200)]);
  await expect
    .poll(async () => (await store.readEvents("t", "r", { afterSeq: 4_199, limit: 1 }))[0]?.event.seq, {
      timeout: 30_000,
    })
    .toBe(4_201);

  const kept = room.after(room.steps).events.slice(4_200);
  for (const afterSeq of [0, 500, 1_000, 3_999, 4_000, 4_150, 4_200]) {
    const rows = await store.readEvents("t", "r", { afterSeq, limit: 1_000 });
    expect(rows[0]?.event.seq, `after ${afterSeq}`).toBe(4_201);
    expect(rows).toEqual(kept.slice(0, 1_000));
  }
  expect(await allEvents(store, room)).toEqual(kept);
  expect(await allMessages(store, room)).toHaveLength(5_400);
  await Promise.all([shortly.close(), store.close()]);
});

test("a room whose events are all gone has none to catch up with, and keeps its messages", async () => {
  const store = await connectCassandraStore({
    ...cassandra(),
    keyspace: made.keyspace,
    eventRetentionSeconds: 1,
  });
  const room = new TestRoom("t", "s");
  room.add("a");
  room.say("a", "hello");
  await store.writeRooms([room.write()]);
  await expect
    .poll(() => store.readEvents("t", "s", { afterSeq: 0, limit: 9 }), { timeout: 30_000 })
    .toEqual([]);
  expect(await allMessages(store, room)).toHaveLength(1);
  await store.close();
});

test("of a million events that are gone the store learns by few requests", async () => {
  const client = cassandraClient(cassandra(), { keyspace: made.keyspace });
  let requests = 0;
  class Counting extends Session {
    override rows(query: string, params: readonly Parameter[]) {
      requests++;
      return super.rows(query, params);
    }
    override first(query: string, params: readonly Parameter[]) {
      requests++;
      return super.first(query, params);
    }
  }
  const room = new TestRoom("t", "million");
  room.add("a");
  const write = room.write();
  await writeRooms(
    new Session(client),
    [{ ...write, head: { ...write.head, seq: 1_000_000 }, events: [] }],
    0,
  );
  const reads = new EventReads(new Counting(client));
  expect(await reads.page({ tenantId: "t", roomId: "million" }, { afterSeq: 0, limit: 100 })).toEqual([]);
  expect(requests).toBeLessThan(20);
  await client.shutdown();
});

test("events are kept for as long as they should be unless told otherwise", async () => {
  const store = await connectCassandraStore({ ...cassandra(), keyspace: made.keyspace });
  const client = cassandraClient(cassandra(), { keyspace: made.keyspace });
  const room = new TestRoom("t", "u");
  room.add("a");
  await store.writeRooms([room.write()]);
  const { rows } = await client.execute(
    "SELECT TTL(event) AS ttl FROM events WHERE tenant_id = 't' AND room_id = 'u' AND bucket = 0",
  );
  expect(rows[0]?.ttl).toBeGreaterThan(29 * 86_400);
  await Promise.all([store.close(), client.shutdown()]);
});

test("what is written again of a report expires with the rest of it", async () => {
  const store = await connectCassandraStore({ ...cassandra(), keyspace: made.keyspace });
  const report = reportAt("t", Date.now(), { messageId: `msg_${"1".padStart(22, "0")}`, by: "bob" });
  await store.reports.add("t", report, "bob");
  const client = cassandraClient(cassandra(), { keyspace: made.keyspace });
  // It was made long ago.
  const { rows } = await client.execute("SELECT hour FROM reports WHERE tenant_id = 't' ALLOW FILTERING");
  await client.execute(
    "INSERT INTO reports (tenant_id, hour, report_id, report) VALUES ('t', ?, ?, ?) USING TTL 1000",
    [rows[0]?.hour, report.reportId, JSON.stringify(report)],
    { prepare: true },
  );
  const maker = { by: "bob", now: "erased:1" };
  await store.reports.replace("t", report.reportId, maker, (now) => ({ ...now, reporterId: maker.now }));
  await store.reports.forget("t", report.roomId, report.messageId);
  const ttls = await client.execute(
    "SELECT TTL(report) AS report, TTL(forgotten) AS forgotten FROM reports WHERE tenant_id = 't' ALLOW FILTERING",
  );
  const flags = await client.execute(
    "SELECT reporter, TTL(report_id) AS flag FROM message_reports WHERE tenant_id = 't' ALLOW FILTERING",
  );
  const seconds = [ttls.rows[0]?.report, ttls.rows[0]?.forgotten, flags.rows[0]?.flag];
  expect(flags.rows[0]?.reporter).toBe("erased:1");
  for (const left of seconds) {
    expect(left).toBeGreaterThan(900);
    expect(left).toBeLessThanOrEqual(1_000);
  }
  await Promise.all([client.shutdown(), store.close()]);
});
