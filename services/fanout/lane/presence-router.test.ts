import { beforeEach, describe, expect, test } from "vitest";
import {
  type Channel,
  heartbeatKey,
  interestKey,
  presenceChannel,
  roomChannel,
  userChannel,
} from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import type { LogRecord, NewRecord } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { DeliveryRecord } from "#shared/protocol/records.ts";
import type { LastSeen } from "#shared/store/last-seen.ts";
import { InterestRouter } from "./interest-router.ts";
import { MessageRows } from "./message-rows.ts";
import { RoomCache } from "./room-cache.ts";
import { Turns } from "./turns.ts";

const topics = topicsOf({ prefix: "", partitions: 1, inboxPartitions: 1 });
const [ann, watch] = [userChannel("acme", "ann"), presenceChannel("acme", "ann")];
const silence = limits.inboxSilenceMsMax;

let failing: { store: number; log: number };
let seen: LastSeen[];
let told: string[];
let ended: string[];

beforeEach(() => {
  failing = { store: 0, log: 0 };
  [seen, told, ended] = [[], [], []];
});

function take(records: readonly NewRecord[]): void {
  for (const { topic, key, value } of records) {
    if (topic === topics.interest) ended.push(key);
    else {
      const { inbox, items } = JSON.parse(value ?? "") as DeliveryRecord;
      for (const item of items) {
        if (item.type === "presence")
          told.push(`${inbox}: ${item.userId} ${item.online} ${item.at.slice(17)}`);
        if (item.type === "interest.ack" && item.channel === "presence")
          told.push(`${inbox}: ack ${item.id} ${item.online}`);
      }
    }
  }
}

function ownerOf() {
  const store = {
    setLastSeen: async (rows: readonly LastSeen[]) => {
      if (failing.store-- > 0) throw new Error("the store is away");
      seen.push(...rows);
    },
    readHeads: async () => [],
  };
  const router = new InterestRouter(
    {
      topics,
      store,
      rooms: new RoomCache(store as never, new MessageRows()),
      turns: new Turns(),
      logger: { error: () => undefined },
      log: {
        append: async (records) => {
          if (failing.log-- > 0) throw new Error("the log is away");
          take(records);
          return records.map(() => ({ partition: 0, offset: -1 }));
        },
      },
    },
    0,
  );
  const onUnreadable = (_: LogRecord, error: unknown) => {
    throw error;
  };
  return {
    process: (records: readonly LogRecord[]) => router.process(records, onUnreadable),
    caughtUp: async () => {
      router.caughtUp();
      await settled();
    },
    revoked: () => router.revoked(),
  };
}

const recordOf = (key: string, value: object | null, timestampMs: number): LogRecord => ({
  offset: 0,
  key,
  value: value === null ? null : JSON.stringify(value),
  timestampMs,
});
const wants = (inbox: string, channel: Channel, ms = 0) =>
  recordOf(interestKey(channel, inbox), { v: 1, type: "interest", ...channel, inbox, partition: 0 }, ms);
const ends = (inbox: string, channel: Channel, ms = 0) => recordOf(interestKey(channel, inbox), null, ms);
const beats = (inbox: string, ms: number, channels = 0) =>
  recordOf(heartbeatKey(inbox), { v: 1, type: "heartbeat", inbox, partition: 0, channels }, ms);
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function liveOwner(...records: LogRecord[]) {
  const owner = ownerOf();
  if (records.length > 0) await owner.process(records);
  await owner.caughtUp();
  return owner;
}

describe("a user", () => {
  test("is there from its first gateway to its last", async () => {
    const owner = await liveOwner();
    await owner.process([wants("g1", watch)]);
    await owner.process([wants("g2", ann, 1_000)]);
    await owner.process([wants("g3", ann, 2_000)]);
    await owner.process([ends("g2", ann, 3_000)]);
    await owner.process([ends("g3", ann, 4_000)]);
    expect(told).toEqual(["g1: ack ann false", "g1: ann true 01.000Z", "g1: ann false 04.000Z"]);
  });

  test("that is there already is so by the acknowledgement, and nobody else is told", async () => {
    const owner = await liveOwner();
    await owner.process([wants("g2", ann), wants("g2", userChannel("other", "ann"))]);
    await owner.process([wants("g1", watch), wants("g1", presenceChannel("other", "bob"))]);
    expect(told).toEqual(["g1: ack ann true", "g1: ack bob false"]);
  });

  test("whose coming could not be told is told when the batch is given again", async () => {
    const owner = await liveOwner(wants("g1", watch));
    told = [];
    failing.log = 1;
    const batch = [wants("g2", userChannel("acme", "ann"), 1_000)];
    await expect(owner.process(batch)).rejects.toThrow("the log is away");
    failing.log = 1;
    await expect(owner.process(batch)).rejects.toThrow("the log is away");
    await owner.process(batch);
    expect(told).toEqual(["g1: ann true 01.000Z"]);
  });
});

describe("a new owner", () => {
  test("tells each watcher how its users stand, and of nobody that it came or went", async () => {
    await liveOwner(
      wants("g1", watch),
      wants("g2", ann),
      wants("g3", userChannel("acme", "bob")),
      wants("g1", presenceChannel("acme", "bob")),
      ends("g3", userChannel("acme", "bob")),
    );
    expect(told).toEqual(["g1: ack ann true", "g1: ack bob false"]);
  });

  test("takes for gone, before it answers by it, whoever was left by a gateway that is long silent", async () => {
    const owner = await liveOwner(wants("old", ann), beats("old", 5_000, 1));
    await owner.process([wants("g1", watch, 5_000 + silence + 1)]);
    await settled();
    expect(told).toEqual(["g1: ack ann false", "g1: ann false 25.001Z"]);
    expect(seen).toEqual([{ tenantId: "acme", userId: "ann", at: "1970-01-01T00:00:05.000Z" }]);
  });
});

describe("a gateway that falls silent", () => {
  const dies = async (owner: ReturnType<typeof ownerOf>) => {
    await owner.process([wants("g1", watch), wants("g2", ann), wants("g2", roomChannel("acme", "r"))]);
    await owner.process([beats("g1", 1_000, 1), beats("g2", 1_000, 2)]);
    await owner.process([beats("g1", 1_000 + silence + 1, 1)]);
    await settled();
  };
  const keys = [interestKey(ann, "g2"), interestKey(roomChannel("acme", "r"), "g2"), heartbeatKey("g2")];

  test("has its users gone: kept first, as of when it was last heard, and then told and ended", async () => {
    await dies(await liveOwner());
    expect(seen).toEqual([{ tenantId: "acme", userId: "ann", at: "1970-01-01T00:00:01.000Z" }]);
    expect(told.at(-1)).toBe("g1: ann false 21.001Z");
    expect(ended).toEqual(keys);
  });

  test("and whose users cannot be kept: nothing is told or ended before they are", async () => {
    const owner = await liveOwner();
    failing.store = 1;
    await dies(owner);
    expect([seen, ended, told.includes("g1: ann false 21.001Z")]).toEqual([[], [], false]);
    await owner.process([beats("g1", 27_000, 1)]);
    await settled();
    expect([seen.length, ended]).toEqual([1, keys]);
    expect(told.at(-1)).toBe("g1: ann false 27.000Z");
  });

  test("takes nobody offline who is on another", async () => {
    const owner = await liveOwner(wants("g3", ann));
    await owner.process([beats("g3", 10_000, 1)]);
    await dies(owner);
    expect(seen).toEqual([]);
    expect(told.filter((line) => line.includes("false 2"))).toEqual([]);
  });

  test("and comes back before its end is written does not lose what it says anew", async () => {
    const owner = await liveOwner();
    failing.store = 1;
    await dies(owner);
    await owner.process([wants("g2", ann, 27_000)]);
    await settled();
    expect(ended).toEqual(keys.slice(1));
    expect(told.at(-1)).toBe("g1: ann true 27.000Z");
  });

  test("is left to the next owner by one that has lost the partition", async () => {
    const owner = await liveOwner();
    owner.revoked();
    await dies(owner);
    expect([seen, ended]).toEqual([[], []]);
  });
});
