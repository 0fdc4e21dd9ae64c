import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, openDatabase, orUnavailable } from "./database.ts";

let directory: string;
let database: Database;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sendsar-database-"));
  database = openDatabase(join(directory, "new", "data.db"));
  database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT) STRICT");
});

afterEach(async () => {
  database.close();
  await rm(directory, { recursive: true });
});

const insert = (v: string) => database.prepare("INSERT INTO t (v) VALUES (?)").run(v);
const rows = () => database.prepare("SELECT v FROM t ORDER BY id").all();

test("what a transaction throws undoes it, and the next one works", () => {
  const broken = () =>
    database.transaction(() => {
      insert("a");
      throw new Error("changed my mind");
    });
  expect(broken).toThrow("changed my mind");
  expect(database.transaction(() => insert("b").changes)).toBe(1);
  expect(rows()).toEqual([{ v: "b" }]);
});

test("a file that another process has open is refused, in words", () => {
  const script = `
    import { openDatabase } from ${JSON.stringify(fileURLToPath(new URL("database.ts", import.meta.url)))};
    openDatabase(${JSON.stringify(database.path)});
  `;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", script], {
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain(`Another process is using the database ${database.path}.`);
  expect(() => openDatabase(database.path)).toThrow("Another process");
});

test("a full disk is an unavailable engine; nothing of the transaction stays, and all goes on when there is room", () => {
  database.transaction(() => insert("before"));
  database.exec("PRAGMA max_page_count = 20");
  const fill = () =>
    orUnavailable("store_unavailable", () =>
      database.transaction(() => {
        for (let n = 0; n < 1_000; n += 1) insert("x".repeat(1_000));
      }),
    );
  for (let round = 0; round < 3; round += 1) {
    expect(fill).toThrow(expect.objectContaining({ code: "store_unavailable" }));
    expect(rows()).toEqual([{ v: "before" }]);
  }
  database.exec("PRAGMA max_page_count = 1000000");
  fill();
  expect(rows()).toHaveLength(1_001);
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
});

test("a wrong statement is a fault of ours, not of the engine", () => {
  const wrong = () => orUnavailable("store_unavailable", () => database.exec("SELEC 1"));
  expect(wrong).toThrow(expect.objectContaining({ code: "ERR_SQLITE_ERROR" }));
});

test("syncs that are asked for together, one after the other and at the end all resolve", async () => {
  database.transaction(() => insert("a"));
  await Promise.all([database.sync(), database.sync(), database.sync()]);
  await database.sync();
  const last = database.sync();
  database.close();
  await last;
  database = openDatabase(database.path);
  expect(rows()).toEqual([{ v: "a" }]);
});

test("a database in memory is a database of its own", async () => {
  const memory = openDatabase(":memory:");
  memory.exec("CREATE TABLE t (v TEXT)");
  memory.transaction(() => memory.prepare("INSERT INTO t VALUES ('a')").run());
  await memory.sync();
  expect(openDatabase(":memory:").prepare("SELECT count(*) AS tables FROM sqlite_master").get()).toEqual({
    tables: 0,
  });
  memory.close();
});
