import { execFile } from "node:child_process";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeDataDir } from "#test/deployments/deployment.ts";

const run = promisify(execFile);
const diskBytes = 48 * 1_024 * 1_024;
/** What is left when it is full: less than the smallest write to the database. */
const chunkBytes = [1_048_576, 65_536, 4_096];

/** A data folder whose disk can be filled and emptied again. */
export interface SmallDisk {
  readonly directory: string;
  /** @param pid of the process whose writes are to fail. */
  fill(pid: number): Promise<void>;
  empty(pid: number): Promise<void>;
  remove(): Promise<void>;
}

/**
 * As root a file system of its own, in memory, so that writes meet ENOSPC. Others may not mount one: there the process
 * may not make its files any larger, which SQLite takes for an error of the disk.
 */
export async function makeSmallDisk(): Promise<SmallDisk> {
  const directory = await makeDataDir();
  return process.getuid?.() === 0 ? mounted(directory) : limited(directory);
}

async function mounted(directory: string): Promise<SmallDisk> {
  await run("mount", ["-t", "tmpfs", "-o", `size=${diskBytes}`, "tmpfs", directory]);
  const filler = join(directory, "filler");
  return {
    directory,
    async fill() {
      for (const bytes of chunkBytes) {
        const chunk = Buffer.alloc(bytes);
        for (;;) {
          try {
            await writeFile(filler, chunk, { flag: "a" });
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOSPC") break;
            throw error;
          }
        }
      }
    },
    empty: () => rm(filler),
    async remove() {
      await run("umount", [directory]);
      await rm(directory, { recursive: true });
    },
  };
}

function limited(directory: string): SmallDisk {
  const limit = (pid: number, bytes: number | "unlimited") =>
    run("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]);
  return {
    directory,
    async fill(pid) {
      await limit(pid, (await stat(join(directory, "sendsar.db-wal"))).size);
    },
    async empty(pid) {
      await limit(pid, "unlimited");
    },
    remove: () => rm(directory, { recursive: true }),
  };
}
