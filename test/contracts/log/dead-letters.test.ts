import { randomBytes } from "node:crypto";
import { Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "#shared/clock.ts";
import { DeadLetterBox } from "#shared/dead-letters/dead-letter-box.ts";
import { DeadLetters } from "#shared/dead-letters/dead-letters.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import { connectKafkaLog } from "#shared/log/kafka.ts";
import type { EventLog, LogRecord } from "#shared/log/log.ts";
import { topicsOf } from "#shared/log/topics.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";
import { Collector } from "./collector.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const logs: Record<string, (prefix: string) => Promise<EventLog>> = {
  embedded: async () => createEmbeddedLog({ database: openDatabase(":memory:") }),
  kafka: (prefix) => connectKafkaLog({ brokers: engines().kafkaBrokers, clientId: `${prefix}node` }),
};

describe.each(Object.keys(logs))("dead letters in the log, %s", (engine) => {
  async function open() {
    const prefix = `${uniqueName("dead")}.`;
    const log = await logs[engine]?.(prefix);
    if (log === undefined) throw new Error(engine);
    cleanups.push(() => log.close());
    const topics = topicsOf({ prefix, partitions: 2, inboxPartitions: 1 });
    await log.createTopics(topics.specs);
    const registry = new Registry();
    const logged: object[] = [];
    const logger = { error: (fields: object) => void logged.push(fields) };
    const letters = new DeadLetters({ log, topics, service: "fanout", registry, logger });
    const box = new DeadLetterBox({ log, topics, clock: systemClock });
    const place = { topic: topics.commands, partition: 1 };
    const add = (record: Partial<LogRecord>, error: unknown = new Error("no")) =>
      letters.add(place, [
        {
          record: { offset: 0, key: "k", value: "v", timestampMs: 1_000, ...record },
          reason: "failing",
          error,
        },
      ]);
    return { log, topics, registry, logged, letters, box, add, place };
  }

  test("each is found whole: one that is larger than a record, a tombstone, and one that is no text", async () => {
    const { box, add, registry, topics } = await open();
    const large = randomBytes(2 * limits.deadLetterPartCharsMax).toString("hex");
    const bytes = randomBytes(1_000);
    await add({ offset: 1, value: large });
    await add({ offset: 2, value: null });
    await add({ offset: 3, value: bytes.toString(), bytes });

    const { items, next } = await box.list({ limit: 10 });
    expect(next).toBeNull();
    expect(items.map(({ deadLetterId }) => deadLetterId)).toEqual(
      [3, 2, 1].map((offset) => `commands-1-${offset}`),
    );
    expect(items.at(-1)).toMatchObject({
      topic: "commands",
      partition: 1,
      offset: 1,
      key: "k",
      reason: "failing",
      error: "Error: no",
      service: "fanout",
      appendedAt: "1970-01-01T00:00:01.000Z",
      bytes: large.length,
      replayedAt: null,
    });
    const found = await box.find("commands-1-1");
    expect(found.text === large).toBe(true);
    expect(await box.find("commands-1-2")).toMatchObject({ value: null, text: null });
    expect(await box.find("commands-1-3")).toMatchObject({ value: bytes.toString("base64"), text: null });
    await expect(box.find("commands-1-4")).rejects.toMatchObject({ code: "dead_letter_not_found" });
    const metric = registry.getSingleMetric("sendsar_dead_letters_total");
    expect((await metric?.get())?.values).toMatchObject([
      { value: 3, labels: { topic: topics.commands, reason: "failing" } },
    ]);
  });

  test("pages go from the newest to the oldest", async () => {
    const { box, add } = await open();
    for (let offset = 0; offset < 7; offset += 1) await add({ offset });
    const seen: number[] = [];
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
      const page = await box.list({ before, limit: 3 });
      seen.push(...page.items.map(({ offset }) => offset));
      before = page.next;
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  test("what was added again, after a crash of who passed it over, is one", async () => {
    const { box, add } = await open();
    for (const offset of [1, 2, 3, 2]) await add({ offset });
    const { items } = await box.list({ limit: 10 });
    expect(items.map(({ offset }) => offset)).toEqual([2, 3, 1]);
    expect(await box.find("commands-1-2")).toMatchObject({ text: "v" });
  });

  test("a replay puts the same record at the end of its partition, and says so from then on", async () => {
    const { log, box, add, topics, place } = await open();
    await add({ offset: 5, value: '{"a":"ü"}' });
    await add({ offset: 6, value: "x", bytes: Buffer.from([0xff]) });
    const { replayedAt } = await box.replay("commands-1-5");
    expect((await box.list({ limit: 10 })).items).toMatchObject([{ replayedAt: null }, { replayedAt }]);
    await expect(box.replay("commands-1-6")).rejects.toMatchObject({ code: "not_replayable" });
    const seen = new Collector();
    await log.subscribe({
      group: `${topics.prefix}g`,
      topics: [{ name: topics.commands, start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => seen.count(topics.commands) === 1);
    expect(seen.values(topics.commands, place.partition)).toEqual(['{"a":"ü"}']);
  });

  test("what is no letter in the topic is left out", async () => {
    const { log, box, add, topics } = await open();
    for (const value of ["{", null, "7", '{"type":"letter"}', '{"type":"replayed"}'])
      await log.append([{ topic: topics.deadLetters, partition: 0, key: "k", value }]);
    await add({ offset: 5 });
    expect((await box.list({ limit: 10 })).items).toHaveLength(1);
  });

  test("what people wrote is in no line of the log", async () => {
    const { letters, logged, place } = await open();
    const record = { offset: 1, key: "k", value: '{"body": secret}', timestampMs: 0 };
    let error: unknown;
    try {
      JSON.parse(record.value);
    } catch (met) {
      error = met;
    }
    expect(String(error)).toContain("secret");
    await letters.add(place, [{ record, reason: "unreadable", error }]);
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toContain("secret");
    expect(JSON.stringify(logged)).toContain("commands-1-1");
  });
});
