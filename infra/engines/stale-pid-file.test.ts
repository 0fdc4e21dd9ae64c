import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pidFileIsLive } from "./stale-pid-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sendsar-pid-"));
  path = join(folder, "daemon.pid");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test.runIf(process.platform === "linux")("a file that names the running daemon is kept", async () => {
  const ownName = (await readFile("/proc/self/comm", "utf8")).trim();
  await writeFile(path, `${process.pid}\n`);
  expect(await pidFileIsLive(path, ownName)).toBe(true);
  expect(existsSync(path)).toBe(true);
});

test("a file whose pid now belongs to another program is removed", async () => {
  await writeFile(path, String(process.pid));
  expect(await pidFileIsLive(path, "dockerd")).toBe(false);
  expect(existsSync(path)).toBe(false);
});

test("a file of nonsense is removed, and no file at all is simply not live", async () => {
  await writeFile(path, "nonsense");
  expect(await pidFileIsLive(path, "dockerd")).toBe(false);
  expect(existsSync(path)).toBe(false);
  expect(await pidFileIsLive(path, "dockerd")).toBe(false);
});
