import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import type { TopicSpec } from "#shared/log/log.ts";
import { openDatabase } from "./database.ts";

/** What the next syncs meet: called instead of the disk. */
const disk = vi.hoisted(() => ({
  sync: null as ((done: (error: Error | null) => void) => void) | null,
}));

vi.mock("node:fs", async (importOriginal) => {
  const fs = await importOriginal<typeof import("node:fs")>();
  const fdatasync = (descriptor: number, done: (error: Error | null) => void) =>
    disk.sync === null ? fs.fdatasync(descriptor, done) : disk.sync(done);
  return { ...fs, fdatasync };
});

const commands: TopicSpec = {
  name: "commands",
  partitions: 1,
  cleanup: { policy: "delete", retentionMs: 60_000 },
  durability: "synced",
};
const events: TopicSpec = { ...commands, name: "events", durability: "written" };
const record = (topic: string, value: string) => ({ topic, partition: 0, key: "k", value });

let directory: string;
const open = () => {
  const database = openDatabase(join(directory, "data.db"));
  return { database, log: createEmbeddedLog({ database }) };
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sendsar-sync-"));
});

afterEach(async () => {
  disk.sync = null;
  await rm(directory, { recursive: true });
});

test("nobody is told of a synced record, nor given it, before the disk has it; others do not wait", async () => {
  const { database, log } = open();
  await log.createTopics([commands, events]);
  let finish: ((error: Error | null) => void) | null = null;
  disk.sync = (done) => {
    finish = done;
  };
  const given: string[] = [];
  for (const topic of ["commands", "events"]) {
    await log.tail({
      topic,
      partition: 0,
      process: async ({ records }) => void given.push(...records.map(({ value }) => `${topic} ${value}`)),
    });
  }
  let acked = false;
  const appending = log.append([record("commands", "1"), record("events", "1")]).then(() => {
    acked = true;
  });
  await vi.waitFor(() => expect(given).toEqual(["events 1"]));
  await log.append([record("events", "2")]);
  expect(acked).toBe(false);
  expect(finish).not.toBeNull();
  disk.sync = null;
  (finish as ((error: Error | null) => void) | null)?.(null);
  await appending;
  await vi.waitFor(() => expect(given).toEqual(["events 1", "events 2", "commands 1"]));
  await log.close();
  database.close();
});

test("a sync that failed is final: nothing is acknowledged any more, until a restart reads what is there", async () => {
  const { database, log } = open();
  await log.createTopics([commands, events]);
  await log.append([record("commands", "1")]);
  disk.sync = (done) => setImmediate(done, new Error("EIO"));
  await expect(log.append([record("commands", "2")])).rejects.toMatchObject({ code: "log_unavailable" });
  disk.sync = null;
  await expect(log.append([record("commands", "3")])).rejects.toMatchObject({ code: "log_unavailable" });
  await expect(log.append([record("events", "1")])).rejects.toMatchObject({ code: "log_unavailable" });
  expect(() => database.transaction(() => 1)).toThrow("must be restarted");
  await log.close();
  database.close();

  const again = open();
  await again.log.createTopics([commands, events]);
  const [{ offset } = { offset: -1 }] = await again.log.append([record("commands", "4")]);
  expect(offset).toBeGreaterThanOrEqual(1);
  await again.log.close();
  again.database.close();
});
