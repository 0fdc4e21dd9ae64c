import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { runCommand } from "./command.ts";

/** Names the process that a container must not outlive. */
export const ownerLabel = "sendsar.engine.owner";
const deadlineMs = 20_000;

const listArgs = [
  ...["ps", "--all", "--no-trunc", "--filter", `label=${ownerLabel}`],
  ...["--format", `{{.ID}} {{.Label "${ownerLabel}"}}`],
];
const removeArgs = ["rm", "--force", "--volumes"];

let hooked = false;

export function ownerOfThisProcess(): string {
  return `${hostname()}/${process.pid}`;
}

/**
 * From now on this process's containers, started or still starting, are removed when it exits.
 * A signal that nobody handles ends a process without that, so an entry point either drains on
 * SIGINT and SIGTERM or calls `exitOnSignals`. What is left after SIGKILL the next run removes,
 * see `removeOrphans`.
 */
export function removeContainersOnExit(): void {
  if (hooked) return;
  hooked = true;
  process.on("exit", () => {
    // Synchronous, because an exiting process waits for nothing else.
    const list = spawnSync("docker", listArgs, { timeout: deadlineMs, encoding: "utf8" });
    const alive = (pid: number) => pid !== process.pid && isAlive(pid);
    const ids = orphansIn(list.stdout ?? "", hostname(), alive);
    if (ids.length > 0)
      spawnSync("docker", [...removeArgs, ...ids], { timeout: deadlineMs, stdio: "ignore" });
  });
}

/** Removes what processes of this machine left behind when they were killed outright. */
export async function removeOrphans(): Promise<void> {
  const ids = orphansIn(await runCommand("docker", listArgs, { deadlineMs }), hostname(), isAlive);
  if (ids.length === 0) return;
  await runCommand("docker", [...removeArgs, ...ids], { deadlineMs }).catch(() => {
    // Another run that starts now removes them too, and the later of the two finds them gone.
  });
}

/** Lines of `id host/pid`. Another host's processes cannot be seen from here, so its containers stay. */
export function orphansIn(list: string, host: string, alive: (pid: number) => boolean): string[] {
  const ids: string[] = [];
  for (const line of list.split("\n")) {
    const [id, owner] = line.trim().split(" ");
    if (id === undefined || owner === undefined) continue;
    const slash = owner.lastIndexOf("/");
    const pid = Number(owner.slice(slash + 1));
    if (owner.slice(0, slash) === host && Number.isInteger(pid) && !alive(pid)) ids.push(id);
  }
  return ids;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
