import { Registry } from "prom-client";
import { test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { DeadLetterBox } from "#shared/dead-letters/dead-letter-box.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { Store } from "#shared/store/store.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";
import { createFanout } from "./app.ts";

/** A record is passed over after some twenty seconds of tries. */
const timeoutMs = 90_000;
const at = "2026-01-01T00:00:00.000Z";

const makeRoom: RoomCommand = {
  v: 1,
  tenantId: "acme",
  roomId: "trip_1",
  at,
  type: "room.put",
  actor: { kind: "server", userId: null },
  roomType: "direct",
  members: [{ userId: "ann" }, { userId: "bob" }],
};

function send(clientId: string): RoomCommand {
  return {
    v: 1,
    tenantId: "acme",
    roomId: "trip_1",
    at,
    type: "message.create",
    actor: { kind: "client", userId: "ann" },
    messageId: messageIdFor({ tenantId: "acme", roomId: "trip_1", senderId: "ann", clientId }),
    clientId,
    kind: "text",
    body: `says ${clientId}`,
    attachments: [],
    mentions: [],
    replyToId: null,
    custom: null,
    silent: false,
  };
}

/** A store that meets a bug of ours with one message, before it wrote it or after. */
function buggy(store: Store, bug: { clientId: string | null; when: "before" | "after" }): Store {
  return {
    ...store,
    writeRooms: async (writes) => {
      const meets = writes.some(({ messages }) =>
        messages.some(({ message }) => bug.clientId !== null && message.clientId === bug.clientId),
      );
      if (meets && bug.when === "before") throw new TypeError("a bug");
      await store.writeRooms(writes);
      if (meets) throw new TypeError("a bug");
    },
  };
}

const logs: Record<string, (prefix: string) => Promise<EventLog>> = {
  embedded: async () => createEmbeddedLog({ database: openDatabase(":memory:") }),
  kafka: (prefix) => connectKafkaLog({ brokers: engines().kafkaBrokers, clientId: `${prefix}node` }),
};

test.concurrent.for([
  ["embedded", "before"],
  ["embedded", "after"],
  ["kafka", "before"],
] as const)(
  "a command that always fails, on %s, %s it is written, is passed over alone; the room goes on without a hole, and a replay makes it whole when the bug is gone",
  { timeout: timeoutMs },
  async ([engine, when], { expect, onTestFinished }) => {
    const prefix = `${uniqueName("poison")}.`;
    const log = await logs[engine]?.(prefix);
    if (log === undefined) throw new Error(engine);
    onTestFinished(() => log.close());
    const topics = topicsOf({ prefix, partitions: 1, inboxPartitions: 1 });
    await log.createTopics(topics.specs);
    const inner = createEmbeddedStore({ database: openDatabase(":memory:") });
    const bug: Parameters<typeof buggy>[1] = { clientId: "2", when };
    const store = buggy(inner, bug);
    const registry = new Registry();
    const logger = { error: () => undefined };
    const fanout = createFanout({ log, store, topics, registry, logger, clock: systemClock }, { epoch: 1 });
    await fanout.start();
    onTestFinished(() => fanout.stop());

    const append = (commands: readonly RoomCommand[]) =>
      log.append(
        commands.map((command) => ({
          topic: topics.commands,
          partition: 0,
          key: "acme/trip_1",
          value: JSON.stringify(command),
        })),
      );
    const clientIds = async () => {
      const rows = await inner.readMessages("acme", "trip_1", { limit: 100 });
      return rows.map(({ message }) => message.clientId).reverse();
    };
    // The room is in memory when the bug is met.
    await append([makeRoom, send("1")]);
    await expect.poll(clientIds, { timeout: timeoutMs }).toEqual(["1"]);
    await append([send("2"), send("3"), send("4")]);
    const box = new DeadLetterBox({ log, topics, clock: systemClock });
    const letters = async () => (await box.list({ limit: 10 })).items;
    await expect.poll(letters, { timeout: timeoutMs, interval: 500 }).toHaveLength(1);
    await expect.poll(clientIds, { timeout: timeoutMs }).toContain("4");
    // What readers may have seen stays in its place.
    expect(await clientIds()).toEqual(when === "before" ? ["1", "3", "4"] : ["1", "2", "3", "4"]);
    const items = await letters();
    expect(items[0]).toMatchObject({ reason: "failing", error: "TypeError: a bug", service: "fanout" });
    const { text } = await box.find(items[0]?.deadLetterId ?? "");
    expect(JSON.parse(text ?? "")).toEqual(send("2"));
    bug.clientId = null;
    for (const { deadLetterId } of items) await box.replay(deadLetterId);
    await append([send("5")]);
    await expect.poll(clientIds, { timeout: timeoutMs }).toContain("5");
    expect((await clientIds()).toSorted()).toEqual(["1", "2", "3", "4", "5"]);

    const numbers = (await inner.readMessages("acme", "trip_1", { limit: 100 })).map(
      ({ message }) => message.number,
    );
    expect(numbers.toReversed()).toEqual([1, 2, 3, 4, 5]);
    const events = await inner.readEvents("acme", "trip_1", { afterSeq: 0, limit: 100 });
    expect(events.map(({ event }) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]);
  },
);
