import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Counter, Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rfc3339 } from "#shared/clock.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { DiskStorage } from "#shared/media/disk-storage.ts";
import { TermsSigner } from "#shared/media/signed-terms.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import type { MessageRow, Store } from "#shared/store/store.ts";
import { MediaRemoval } from "./media-removal.ts";
import { MediaSweep, type SweepDeps } from "./media-sweep.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.parse("2026-03-14T09:00:00.000Z");
const tenantId = "acme";
const bytes = Buffer.from("a file");

let folder: string;
let disk: DiskStorage;
let media: Store["media"];
let nowMs = startMs;
let timers: { atMs: number; callback: () => void }[] = [];
/** Ids of messages that are there. */
let messages = new Set<string>();
let errors = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sendsar-sweep-"));
  disk = new DiskStorage(folder, new TermsSigner(["secret"]));
  media = createEmbeddedStore({ database: openDatabase(":memory:") }).media;
  [nowMs, timers, messages, errors] = [startMs, [], new Set(), 0];
});
afterEach(() => rm(folder, { recursive: true }));

const clock = {
  nowMs: () => nowMs,
  after: (ms: number, callback: () => void) => {
    const timer = { atMs: nowMs + ms, callback };
    timers.push(timer);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  },
  every: () => () => {},
};

function deps(storage: DiskStorage): SweepDeps {
  const readMessage = async (_tenant: string, _room: string, id: string) =>
    messages.has(id) ? ({ message: {} } as MessageRow) : null;
  const removal = new MediaRemoval({
    store: { media, readMessage, readVersions: async () => [] },
    storage,
    clock,
    topics: { partitionOf: () => 1 },
    logger: { warn: () => {} },
    removed: new Counter({ name: "removed", help: "-", labelNames: ["reason"], registers: [new Registry()] }),
  });
  return {
    store: media,
    removal,
    clock,
    logger: { error: () => void errors++ },
    orphanMs: dayMs,
  };
}

const idOf = (n: number) => `med_${n}`;

/** A file that was uploaded and found good. */
async function made(n: number, use: string | null, state: "ready" | "pending" | "refused" = "ready") {
  const mediaId = idOf(n);
  const place = { tenantId, mediaId };
  const row = { mediaId, uploaderId: "ada", fileName: "f", contentType: "text/plain", size: bytes.length };
  await media.add(
    tenantId,
    { ...row, createdAt: rfc3339(nowMs) },
    { partition: 1, dueAt: rfc3339(nowMs + dayMs) },
  );
  await disk.receive({ ...place, size: bytes.length }, Readable.from([bytes]));
  if (state === "ready") await disk.take({ ...place, copy: "copy", size: bytes.length });
  const outcome = { copy: state === "ready" ? "copy" : null, width: null, height: null, refusal: null };
  if (state !== "pending") await media.settle(tenantId, mediaId, { ...outcome, state });
  if (use !== null) await media.addUse(tenantId, mediaId, { roomId: "r", messageId: use });
}

/** Lets time pass, and all that is due by then be done. */
async function passTo(ms: number): Promise<void> {
  nowMs = ms;
  const due = timers;
  timers = [];
  for (const { callback } of due) callback();
  await expect.poll(() => timers.length).toBe(1);
}

async function sweepAt(ms: number, storage = disk): Promise<MediaSweep> {
  nowMs = ms;
  const sweep = new MediaSweep(deps(storage), 1);
  await sweep.caughtUp();
  await passTo(ms);
  return sweep;
}

const isThere = async (n: number) => (await media.get(tenantId, idOf(n))) !== null;
const filesOf = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile()).length;

test("what no message names is removed after its time and not before, and what one names stays, without leftovers", async () => {
  const sweep = await sweepAt(startMs);
  await made(1, null);
  await made(2, "there");
  await made(3, null, "pending");
  await made(4, null, "refused");
  messages.add("there");
  expect(await filesOf()).toBe(6);
  await passTo(startMs + dayMs);
  expect(await filesOf()).toBe(6);
  await passTo(startMs + dayMs + 2 * hourMs);
  expect(await Promise.all([1, 2, 3, 4].map(isThere))).toEqual([false, true, false, false]);
  expect(await filesOf()).toBe(1);
  expect(await disk.size({ tenantId, mediaId: idOf(2), copy: "copy" })).toBe(bytes.length);
  sweep.revoked();
  expect(timers).toEqual([]);
});

test("the file of a message that is on its way waits for as long as the log keeps it", async () => {
  const sweep = await sweepAt(startMs);
  await made(1, "late");
  await made(2, "never");
  for (let day = 1; day <= 3; day++) await passTo(startMs + day * dayMs + 2 * hourMs * day);
  expect(await Promise.all([1, 2].map(isThere))).toEqual([true, true]);
  messages.add("late");
  for (let day = 4; day <= 12; day++) await passTo(startMs + day * dayMs + 2 * hourMs * day);
  expect(await Promise.all([1, 2].map(isThere))).toEqual([true, false]);
  sweep.revoked();
});

test("what could not be removed is removed when it can be, by whoever owns the partition then", async () => {
  const first = await sweepAt(startMs);
  for (let n = 0; n < 5; n++) await made(n, null);
  let isAway = true;
  let left = 2;
  const clear: DiskStorage["clear"] = async (...of) => {
    if (isAway && left-- === 0) throw new AppError("media_unavailable");
    return await disk.clear(...of);
  };
  const storage = Object.assign(Object.create(disk) as DiskStorage, { clear });
  first.revoked();
  const second = await sweepAt(startMs + dayMs + 2 * hourMs, storage);
  expect(errors).toBe(1);
  expect((await Promise.all([0, 1, 2, 3, 4].map(isThere))).filter(Boolean)).toHaveLength(3);
  second.revoked();
  isAway = false;
  const third = await sweepAt(startMs + dayMs + 3 * hourMs, storage);
  expect((await Promise.all([0, 1, 2, 3, 4].map(isThere))).filter(Boolean)).toEqual([]);
  expect(await filesOf()).toBe(0);
  third.revoked();
});

test("more than a page is done in one go", async () => {
  const sweep = await sweepAt(startMs);
  const many = limits.mediaSweepPageMax + 3;
  for (let n = 0; n < many; n++) {
    const row = { mediaId: idOf(n), uploaderId: null, fileName: "f", contentType: "text/plain", size: 1 };
    await media.add(
      tenantId,
      { ...row, createdAt: rfc3339(startMs) },
      { partition: 1, dueAt: rfc3339(startMs + dayMs) },
    );
  }
  await passTo(startMs + dayMs + 2 * hourMs);
  const left = await Promise.all(Array.from({ length: many }, (_, n) => isThere(n)));
  expect(left.filter(Boolean)).toEqual([]);
  sweep.revoked();
});
