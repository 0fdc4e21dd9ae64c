import { readFile, rm } from "node:fs/promises";

/**
 * Whether the pid file names a running process of that name. A file that names none, or names a
 * pid that meanwhile belongs to another program (the machine was restarted or restored), is
 * removed: a daemon that finds it refuses to start.
 */
export async function pidFileIsLive(path: string, processName: string): Promise<boolean> {
  let pid: string;
  try {
    pid = (await readFile(path, "utf8")).trim();
  } catch {
    return false;
  }
  if (/^\d+$/.test(pid) && (await nameOfProcess(pid)) === processName) return true;
  await rm(path, { force: true });
  return false;
}

async function nameOfProcess(pid: string): Promise<string | undefined> {
  try {
    return (await readFile(`/proc/${pid}/comm`, "utf8")).trim();
  } catch {
    return undefined;
  }
}
