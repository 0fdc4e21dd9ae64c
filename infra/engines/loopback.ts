import { readdir, readFile } from "node:fs/promises";

/**
 * Ports of an engine that runs among our own processes are reached on the loopback. testcontainers takes a machine
 * that is a container itself for a sibling of the engine's containers, and would go by the bridge's address.
 */
export function reachOnLoopback(): void {
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= "127.0.0.1";
}

/** Whether an engine runs among our own processes. */
export async function engineRunsHere(): Promise<boolean> {
  const entries = await readdir("/proc").catch(() => []);
  const names = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")),
  );
  return names.some((name) => name.trim() === "dockerd");
}
