import { closeSync, fdatasync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { BrokenDisk } from "./engine-failure.ts";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: BrokenDisk) => void;
}

/**
 * Brings what SQLite has committed (with `synchronous = NORMAL`) to the disk, beside the event loop: a thread of the
 * pool syncs the write-ahead log, to which every commit since the last checkpoint was written. SQLite itself syncs
 * that file, and then the database, before it starts the log over, so a sync that comes later misses nothing.
 *
 * A sync that failed is final: the kernel may have dropped the pages it could not write and calls the next sync a
 * success, so that only a restart, which reads what is really there, can be trusted.
 */
export class DiskSync {
  readonly #descriptor: number;
  #underWay = false;
  #waiting: Waiter[] = [];
  #broken: BrokenDisk | null = null;
  #closed = false;

  constructor(databasePath: string) {
    this.#descriptor = openSync(`${databasePath}-wal`, "r+");
    const directory = openSync(dirname(databasePath), "r");
    fsyncSync(directory);
    closeSync(directory);
  }

  /** Throws when a sync has failed: nothing that is written now could be relied on. */
  mustBeSound(): void {
    if (this.#broken !== null) throw this.#broken;
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#underWay) this.#start();
    });
  }

  /** After the connection was closed, which leaves everything on disk. */
  close(): void {
    this.#closed = true;
    if (!this.#underWay) closeSync(this.#descriptor);
  }

  #start(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#underWay = true;
    fdatasync(this.#descriptor, (error) => {
      this.#underWay = false;
      if (error !== null) this.#broken ??= new BrokenDisk(error);
      for (const waiter of waiting) {
        if (this.#broken === null) waiter.resolve();
        else waiter.reject(this.#broken);
      }
      if (this.#waiting.length > 0) this.#start();
      else if (this.#closed && !this.#underWay) closeSync(this.#descriptor);
    });
  }
}
