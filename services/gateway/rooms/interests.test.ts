import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { interestKey, isHeartbeatKey, roomChannel, userChannel } from "#shared/inbox/channel.ts";
import { limits } from "#shared/limits.ts";
import type { NewRecord } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import { Interests } from "./interests.ts";

const topics = topicsOf({ prefix: "", partitions: 2, inboxPartitions: 1 });
const room = roomChannel("acme", "trip_1");
const user = userChannel("acme", "ann");

let written: NewRecord[];
let ended: string[];
let failing: boolean;
let left: string[];
let failures: number;
let keeping: Promise<void>;
let interests: Interests;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  ended = [];
  failing = false;
  left = [];
  failures = 0;
  keeping = Promise.resolve();
  interests = new Interests(
    {
      topics,
      clock: systemClock,
      logger: { warn: () => undefined },
      leaving: async (channel, atMs) => {
        await keeping;
        if (failures-- > 0) throw new Error("the store is away");
        left.push(`${channel.channel}:${channel.id} ${atMs}`);
      },
      log: {
        append: async (records) => {
          if (failing) throw new Error("the log is away");
          written.push(...records);
          return records.map(() => ({ partition: 0, offset: 0 }));
        },
      },
    },
    () => ({ inbox: "gateway-1", partition: 0 }),
    ({ id }) => ended.push(id),
  );
});

afterEach(() => {
  interests.stop();
  vi.useRealTimers();
});

const interestsWritten = () => written.filter(({ key }) => !isHeartbeatKey(key));

describe("a channel", () => {
  test("is asked for by its first holder, and held once the owner has acknowledged", async () => {
    const held = interests.hold([room, user]);
    interests.acknowledged(room, 7);
    interests.acknowledged(user, null);
    expect(await held).toEqual([7, null]);
    expect(await interests.hold([room])).toEqual([7]);
    expect(written.map(({ key }) => key)).toEqual([
      interestKey(room, "gateway-1"),
      interestKey(user, "gateway-1"),
    ]);
  });

  test("is known to have been acknowledged before when it is again", async () => {
    void interests.hold([room]);
    expect(interests.acknowledged(room, 7)).toBe(false);
    expect(interests.acknowledged(room, 8)).toBe(true);
    expect(interests.acknowledged(user, null)).toBe(false);
  });

  test("is asked for once by a crowd, and again after a while without an answer", async () => {
    const crowd = Array.from({ length: 100 }, () => interests.hold([room]));
    expect(written).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(limits.interestRepeatMs);
    const late = interests.hold([room]);
    expect(written).toHaveLength(2);
    interests.acknowledged(room, 7);
    expect(await Promise.all([...crowd, late])).toEqual(Array(101).fill([7]));
  });

  test("is asked for again at once by the next who wants it when it could not be said", async () => {
    failing = true;
    await expect(interests.hold([room])).rejects.toMatchObject({ code: "service_unavailable" });
    failing = false;
    const held = interests.hold([room]);
    interests.acknowledged(room, 7);
    expect(await held).toEqual([7]);
    expect(written).toHaveLength(1);
  });

  test("is kept for a grace after its last holder, and then ended in the log", async () => {
    const held = interests.hold([room]);
    interests.acknowledged(room, 1);
    await held;
    interests.release([room]);
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs - 1);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(["trip_1"]);
    expect(written.at(-1)).toMatchObject({ key: interestKey(room, "gateway-1"), value: null });
  });

  test("is not ended when somebody comes back within the grace", async () => {
    const held = interests.hold([room]);
    interests.acknowledged(room, 1);
    await held;
    interests.release([room]);
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs / 2);
    await interests.hold([room]);
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs * 2);
    expect(ended).toEqual([]);
  });

  test("that no owner acknowledges in time is refused, so that the client tries elsewhere", async () => {
    const held = interests.hold([room]);
    const refused = expect(held).rejects.toMatchObject({ code: "service_unavailable" });
    await vi.advanceTimersByTimeAsync(limits.interestAckWaitMsMax);
    await refused;
  });
});

describe("a user's channel", () => {
  const released = async () => {
    const held = interests.hold([user]);
    interests.acknowledged(user, null);
    await held;
    vi.setSystemTime(5_000);
    interests.release([user]);
  };
  const isEnded = () =>
    written.some(({ key, value }) => key === interestKey(user, "gateway-1") && value === null);

  test("is ended after it was kept when the user went, which is when the last let it go", async () => {
    await released();
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs);
    expect([left, isEnded()]).toEqual([["user:ann 5000"], true]);
  });

  test("is not ended as long as that cannot be kept", async () => {
    await released();
    failures = 2;
    await vi.advanceTimersByTimeAsync(2 * limits.interestGraceMs);
    expect([left, isEnded(), interests.size]).toEqual([[], false, 1]);
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs);
    expect([left, isEnded(), interests.size]).toEqual([["user:ann 5000"], true, 0]);
  });

  test("is not ended when the user comes back while that is being kept", async () => {
    await released();
    const slow = Promise.withResolvers<void>();
    keeping = slow.promise;
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs);
    await interests.hold([user]);
    slow.resolve();
    await vi.advanceTimersByTimeAsync(2 * limits.interestGraceMs);
    expect([isEnded(), interests.size]).toEqual([false, 1]);
    interests.release([user]);
    await vi.advanceTimersByTimeAsync(limits.interestGraceMs);
    expect([isEnded(), interests.size]).toEqual([true, 0]);
  });

  test("is left to the gateway's silence when the gateway stops, with a last sign of life", async () => {
    const held = interests.hold([user, room]);
    for (const channel of [user, room]) interests.acknowledged(channel, 1);
    await held;
    written = [];
    await interests.stop();
    expect(isEnded()).toBe(false);
    expect(written).toContainEqual(
      expect.objectContaining({ key: interestKey(room, "gateway-1"), value: null }),
    );
    const beats = written.filter(({ key }) => isHeartbeatKey(key));
    const own = topics.partitionOf(user.tenantId, user.id);
    expect(beats.map(({ partition, value }) => [partition, value === null])).toEqual([
      [0, own !== 0],
      [1, own !== 1],
    ]);
    expect(JSON.parse(beats[own]?.value ?? "")).toMatchObject({ type: "heartbeat", channels: 1 });
  });
});

describe("a gateway", () => {
  test("says in every partition that it is alive", async () => {
    interests.start();
    await vi.advanceTimersByTimeAsync(limits.inboxHeartbeatMs);
    expect(written.map(({ partition }) => partition)).toEqual([0, 1]);
  });

  test("tells each partition how much it was told", async () => {
    interests.start();
    const held = interests.hold([room, user]);
    interests.acknowledged(room, 1);
    interests.acknowledged(user, null);
    await held;
    await vi.advanceTimersByTimeAsync(limits.inboxHeartbeatMs);
    const beats = written
      .filter(({ key }) => isHeartbeatKey(key))
      .map(({ value }) => JSON.parse(value ?? ""));
    expect(beats.reduce((sum, { channels }) => sum + channels, 0)).toBe(2);
    const partition = topics.partitionOf(room.tenantId, room.id);
    expect(beats[partition].channels).toBeGreaterThanOrEqual(1);
  });

  test("says everything again to an owner that lacks some of it", async () => {
    const held = interests.hold([room]);
    interests.acknowledged(room, 1);
    await held;
    await interests.announceAgain(topics.partitionOf(room.tenantId, room.id));
    expect(interestsWritten()).toHaveLength(2);
  });
});
