import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand, systemPath } from "./command.ts";
import { progress } from "./progress.ts";
import { pidFileIsLive } from "./stale-pid-file.ts";

const engine = "dockerd";
const logFile = join(tmpdir(), "sendsar-dockerd.log");
/** An engine with leftovers of an unclean end may take tens of seconds to load them. */
const startDeadlineMs = 60_000;
const pollMs = 200;

/** Starts the installed engine and leaves it running when this process ends: the next run finds it. */
export async function startDockerd(answers: () => Promise<boolean>): Promise<void> {
  // systemd's own directory exists exactly where systemd runs the machine.
  if (existsSync("/run/systemd/system")) {
    progress("starting the Docker engine with systemctl");
    await runCommand("systemctl", ["start", "docker"], { deadlineMs: startDeadlineMs });
  } else if (!(await dockerdRuns())) {
    progress(`starting dockerd in the background, its log is ${logFile}`);
    await spawnDockerd();
  }
  const end = performance.now() + startDeadlineMs;
  // The grace covers the moment before a dockerd just spawned has written its pid file.
  const grace = performance.now() + 5_000;
  while (performance.now() < end) {
    if (await answers()) return;
    if (performance.now() > grace && !(await dockerdRuns())) break;
    await sleep(pollMs);
  }
  throw new Error(
    `The Docker engine was started and does not answer. Where a container has no right to run one, ` +
      `run the tests on a machine with Docker instead. The end of its log (${logFile}):\n${await logTail()}`,
  );
}

async function dockerdRuns(): Promise<boolean> {
  // containerd is dockerd's child and keeps its own file, which blocks the start just the same.
  await pidFileIsLive("/var/run/docker/containerd/containerd.pid", "containerd");
  return await pidFileIsLive("/var/run/docker.pid", engine);
}

async function spawnDockerd(): Promise<void> {
  const log = await open(logFile, "a");
  const child = spawn(engine, [], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { ...process.env, PATH: systemPath },
  });
  // Its failure shows in the log and in the engine not answering.
  child.on("error", () => {});
  child.unref();
  await log.close();
}

async function logTail(): Promise<string> {
  try {
    return (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
  } catch {
    return "(no log: see `journalctl -u docker`)";
  }
}
