import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { heartbeatKey, interestKey, roomChannel } from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { batchOf, commands, gateway, makeRoom, owner as ownerOn, send, topics } from "../testing/owner.ts";

let store: Store;
const owner = (failures?: Parameters<typeof ownerOn>[1]) => ownerOn(store, failures);

beforeEach(() => {
  store = createEmbeddedStore({ database: openDatabase(":memory:") });
});
afterEach(() => store.close());

describe("interest", () => {
  const channel = roomChannel("acme", "trip_1");
  const interest = { ...batchOf(topics.interest, 0, [{ v: 1, type: "interest", ...channel, ...gateway }]) };

  test("is acknowledged with the room's seq, and from then on everything is delivered", async () => {
    const { lane, items } = owner();
    await lane.process(commands(0, [makeRoom, send("1")]));
    await lane.caughtUp();
    await lane.process(interest);
    await lane.process(commands(2, [send("2")]));
    expect(items()).toMatchObject([
      { type: "interest.ack", id: "trip_1", seq: 2 },
      { type: "event", event: { seq: 3 } },
    ]);
  });

  test("that was there before the owner is told where the room stands", async () => {
    await owner().lane.process(commands(0, [makeRoom, send("1")]));
    const { lane, items } = owner();
    await lane.process(interest);
    expect(items()).toEqual([]);
    await lane.caughtUp();
    await vi.waitFor(() => expect(items()).toMatchObject([{ type: "interest.ack", seq: 2 }]));
  });

  test("that an owner did not live to answer is answered by the next, a user's too", async () => {
    const user = { tenantId: "acme", channel: "user", id: "ann" };
    const told = (id: object, timestampMs: number) => {
      const record = batchOf(topics.interest, 0, [{ v: 1, type: "interest", ...id, ...gateway }]);
      return { ...record, records: record.records.map((each) => ({ ...each, timestampMs })) };
    };
    const old = { ...user, id: "bob" };
    const { lane, items } = owner({ appends: 1 });
    await lane.process(told(old, 0));
    await lane.process(told(user, limits.interestAckWaitMsMax + 1));
    await lane.process(told(channel, limits.interestAckWaitMsMax + 2));
    await lane.caughtUp();
    await vi.waitFor(async () => {
      // What could not be told at once is told at a heartbeat.
      await lane.process(beat(gateway.inbox, limits.interestAckWaitMsMax + 3, 3));
      expect(items()).toMatchObject([
        { type: "interest.ack", channel: "user", id: "ann", seq: null },
        { type: "interest.ack", channel: "room", id: "trip_1", seq: 0 },
      ]);
    });
  });

  test("makes no command wait until all are told where their rooms stand", async () => {
    await owner().lane.process(commands(0, [makeRoom]));
    const { promise, resolve } = Promise.withResolvers<void>();
    const { lane, items } = owner({ heads: promise });
    await lane.process(interest);
    await lane.caughtUp();
    await lane.process(commands(1, [send("1")]));
    expect(items()).toMatchObject([{ type: "event", event: { seq: 2 } }]);
    resolve();
    await vi.waitFor(() => expect(items().at(-1)).toMatchObject({ type: "interest.ack", id: "trip_1" }));
  });

  test("ends by its tombstone", async () => {
    const { lane, items } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    const tombstone = { offset: 1, key: interestKey(channel, gateway.inbox), value: null, timestampMs: 0 };
    await lane.process({ ...interest, records: [tombstone] });
    await lane.process(commands(0, [makeRoom]));
    expect(items().map(({ type }) => type)).toEqual(["interest.ack"]);
  });

  const beat = (inbox: string, timestampMs: number, channels: number) => {
    const value = JSON.stringify({ v: 1, type: "heartbeat", inbox, partition: 0, channels });
    return { ...interest, records: [{ offset: 1, key: heartbeatKey(inbox), value, timestampMs }] };
  };

  test("of a gateway that has been silent too long, by the log's own time, is ended in the log", async () => {
    const { lane, emitted } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    const endedKeys = () => emitted.filter(({ topic }) => topic === topics.interest).map(({ key }) => key);
    await lane.process(beat(gateway.inbox, limits.inboxSilenceMsMax - 1, 1));
    await lane.process(beat("gateway-2", 2 * limits.inboxSilenceMsMax - 1, 0));
    expect(endedKeys()).toEqual([]);
    await lane.process(beat("gateway-2", 2 * limits.inboxSilenceMsMax, 0));
    expect(endedKeys()).toEqual([interestKey(channel, gateway.inbox), heartbeatKey(gateway.inbox)]);
  });

  test("that is not all there, by the count of a heartbeat, is asked for again", async () => {
    const { lane, items } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    await lane.process(beat(gateway.inbox, 1, 1));
    await lane.process(beat(gateway.inbox, 2, 3));
    expect(items().slice(1)).toEqual([{ type: "interest.lost", partition: 0 }]);
  });

  test("that was not known is answered so, as its gateway may have missed something if it said it before", async () => {
    const { lane, items } = owner();
    await lane.caughtUp();
    await lane.process(interest);
    await lane.process(interest);
    await lane.process(beat("gateway-2", 2 * limits.inboxSilenceMsMax, 0));
    await lane.process(interest);
    expect(items().map((item) => item.type === "interest.ack" && item.isNew === true)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
