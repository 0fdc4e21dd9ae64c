import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { DiskSync } from "./disk-sync.ts";
import { engineFailureOf } from "./engine-failure.ts";

/**
 * The one SQLite file of an embedded deployment: the log and the store share it, on one connection.
 *
 * One file, because its write-ahead log is consistent by prefix: a power loss takes a suffix of everything together,
 * so a history that is ahead of the log, or a group's offset that is ahead of the history, cannot come about.
 *
 * A transaction that returned survives the death of the process. It survives the loss of power once a `sync()` begun
 * after it has resolved: what is acknowledged to somebody and cannot be rebuilt from the log must wait for that.
 */
export interface Database {
  readonly path: string;

  /** The statement for this text, prepared once. Use `all`, `get` and `run`: an open `iterate` holds checkpoints up. */
  prepare(sql: string): StatementSync;

  /** Statements without parameters, such as those that make a schema. */
  exec(sql: string): void;

  /**
   * Runs `fn`, which must not be asynchronous, as one transaction: all of it or nothing. Not to be nested.
   *
   * @throws what `fn` threw; what the engine threw (see `orUnavailable`).
   */
  transaction<T>(fn: () => T): T;

  /**
   * Resolves when everything committed up to now would survive the loss of power. Callers that arrive while a sync
   * is under way share the next one. It runs beside the event loop.
   *
   * @throws AppError store_unavailable, from then on for good, when the disk refused: see `DiskSync`.
   */
  sync(): Promise<void>;

  /** Closes the file, with everything in it on disk. Calls after this throw. */
  close(): void;
}

/**
 * Opens the file, making it and its directory if they are missing. `:memory:` is a database that nobody else sees and
 * that ends with the process.
 *
 * @throws AppError service_unavailable when another process has it open. A process that dies lets go of it at once.
 */
export function openDatabase(path: string): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const connection = new DatabaseSync(path);
  try {
    return configured(connection, path);
  } catch (error) {
    connection.close();
    if (engineFailureOf(error) !== "locked") throw error;
    throw new AppError("service_unavailable", `Another process is using the database ${path}.`, {
      cause: error,
    });
  }
}

/**
 * Runs `fn`; what the engine could not do for want of room or of a sound disk becomes an AppError with this code.
 * The transaction was undone, and the same call succeeds once there is room again.
 */
export function orUnavailable<T>(code: "log_unavailable" | "store_unavailable", fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (engineFailureOf(error) === null) throw error;
    throw new AppError(code, undefined, { cause: error });
  }
}

function configured(connection: DatabaseSync, path: string): Database {
  // EXCLUSIVE before WAL: the first access takes the lock that keeps other processes out, and the index of the
  // write-ahead log is in our memory instead of a shared file.
  connection.exec(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -${limits.databaseCacheKibibytes};
    PRAGMA wal_autocheckpoint = ${limits.databaseCheckpointPages};
    BEGIN IMMEDIATE; COMMIT;
  `);
  const disk = path === ":memory:" ? null : new DiskSync(path);
  const statements = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    path,
    prepare,
    exec: (sql) => connection.exec(sql),
    transaction(fn) {
      disk?.mustBeSound();
      prepare("BEGIN IMMEDIATE").run();
      try {
        const result = fn();
        prepare("COMMIT").run();
        return result;
      } catch (error) {
        // The engine has undone it already when it ran out of room.
        if (connection.isTransaction) prepare("ROLLBACK").run();
        throw error;
      }
    },
    async sync() {
      try {
        await disk?.sync();
      } catch (cause) {
        throw new AppError("store_unavailable", undefined, { cause });
      }
    },
    close() {
      statements.clear();
      connection.close();
      disk?.close();
    },
  };
}
