import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IngestNodes } from "#shared/intents/ingest-nodes.ts";
import { limits } from "#shared/limits.ts";
import { silentLogger } from "#shared/service/logger.ts";
import { writeReadyFile } from "#shared/service/ready-file.ts";
import { followIngestList } from "./ingest-list.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ingest-list-"));
});
afterEach(() => rm(folder, { recursive: true }));

function following(configured: readonly string[]) {
  const nodes = new IngestNodes([]);
  const warn = vi.fn();
  const logger = Object.assign(Object.create(silentLogger), { warn }) as typeof silentLogger;
  return { nodes, warn, list: followIngestList({ configured, nodes, logger }) };
}

test("URLs are taken as they are", async () => {
  const { nodes, list } = following(["http://a", "http://b"]);
  await list.start();
  expect([nodes.next(), nodes.next()]).toEqual(["http://a", "http://b"]);
});

test("a file is followed as it changes, and one that says nothing good changes nothing", async () => {
  const path = join(folder, "ingest.json");
  await writeReadyFile(path, ["http://a"]);
  const { nodes, warn, list } = following([pathToFileURL(path).href]);
  await list.start();
  expect(nodes.next()).toBe("http://a");
  await writeReadyFile(path, ["http://b"]);
  const withinMs = 20 * limits.ingestListPollMs;
  await vi.waitFor(() => expect(nodes.next()).toBe("http://b"), withinMs);
  await writeFile(path, "[]");
  await vi.waitFor(() => expect(warn).toHaveBeenCalled(), withinMs);
  expect(nodes.next()).toBe("http://b");
  await list.stop();
});

test("a gateway does not start without the file it is told to follow", async () => {
  const { list } = following([pathToFileURL(join(folder, "missing.json")).href]);
  await expect(list.start()).rejects.toThrow("missing.json");
});
