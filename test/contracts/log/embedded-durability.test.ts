import { copyFile, mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import { Collector } from "./collector.ts";
import { numbered, numbers, synced, written } from "./records.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sendsar-log-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("a full disk", () => {
  test("stops the acks, harms nothing that was acked, and is over when there is room", async () => {
    const database = openDatabase(join(directory, "data.db"));
    const log = createEmbeddedLog({ database });
    await log.createTopics([synced("t", 2)]);
    await log.append(numbered("t", 10));
    database.exec("PRAGMA max_page_count = 40");
    const large = (n: number) => ({ topic: "t", partition: 0, key: "k", value: `${n} ${"x".repeat(2_000)}` });
    const results = await Promise.allSettled(Array.from({ length: 3_000 }, (_, n) => log.append([large(n)])));
    const refused = results.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const result of refused) expect(result).toMatchObject({ reason: { code: "log_unavailable" } });
    // A small one may still find a place; a large one may not.
    await expect(log.append(Array.from({ length: 100 }, (_, n) => large(n)))).rejects.toMatchObject({
      code: "log_unavailable",
    });

    database.exec("PRAGMA max_page_count = 1000000");
    const [after] = await log.append(numbered("t", 1, { from: 10 }));
    const acked = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
    expect(after?.offset).toBe(10 + acked.length);
    const seen = new Collector();
    const running = await log.subscribe({
      group: "g",
      topics: [{ name: "t", start: "committed" }],
      assign: seen.member("a"),
    });
    await seen.until(() => seen.count("t") === 11 + acked.length);
    await running.stop();
    expect(seen.offsets("t")).toEqual(numbers(11 + acked.length).map(Number));
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    await log.close();
    database.close();
  });
});

describe("a loss of power", () => {
  test("takes a suffix of everything together: events and offsets are never ahead of the commands", async () => {
    const path = join(directory, "data.db");
    const database = openDatabase(path);
    database.exec("CREATE TABLE history (command INTEGER PRIMARY KEY) STRICT");
    const log = createEmbeddedLog({ database });
    await log.createTopics([synced("commands"), written("events")]);
    const seen = new Collector();
    seen.during = async ({ records }) => {
      database.transaction(() => {
        for (const { offset } of records) database.prepare("INSERT INTO history VALUES (?)").run(offset);
      });
      await log.append(records.map(({ key, value }) => ({ topic: "events", partition: 0, key, value })));
    };
    const running = await log.subscribe({
      group: "g",
      topics: [{ name: "commands", start: "committed" }],
      assign: seen.member("a"),
    });
    for (let n = 0; n < 200; n += 1) await log.append(numbered("commands", 1, { from: n }));
    await seen.until(() => seen.count("commands") === 200);
    await running.stop();

    // What the disk may hold at any moment: the file, and the write-ahead log up to some byte.
    const wal = await readFile(`${path}-wal`);
    expect(wal.length).toBeGreaterThan(100_000);
    let most = 0;
    for (let cut = 0; cut <= 40; cut += 1) {
      const copy = join(directory, `cut-${cut}.db`);
      await copyFile(path, copy);
      await copyFile(`${path}-wal`, `${copy}-wal`);
      await truncate(`${copy}-wal`, Math.floor((wal.length * cut) / 40));
      const survived = openDatabase(copy);
      const reopened = createEmbeddedLog({ database: survived });
      await reopened.createTopics([synced("commands"), written("events")]);
      const count = (sql: string) => Number(Object.values(survived.prepare(sql).get() ?? {})[0] ?? 0);
      const hasHistory = count("SELECT count(*) FROM sqlite_master WHERE name = 'history'") === 1;
      const history = hasHistory ? count("SELECT count(*) FROM history") : 0;
      const committed = count("SELECT coalesce(max(next), 0) FROM log_offsets");
      const [command] = await reopened.append(numbered("commands", 1));
      const [event] = await reopened.append(numbered("events", 1));
      expect(event?.offset).toBeLessThanOrEqual(history);
      expect(history).toBeLessThanOrEqual(command?.offset ?? -1);
      expect(committed).toBeLessThanOrEqual(event?.offset ?? -1);
      most = Math.max(most, command?.offset ?? 0);
      await reopened.close();
      survived.close();
    }
    expect(most).toBe(200);
    await log.close();
    database.close();
  });
});
