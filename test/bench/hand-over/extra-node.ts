import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const readyWithinMs = 60_000;

/** A fanout process that joins a running deployment, and that nobody starts again when it ends. */
export class ExtraNode {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it is ready. @param env what the deployment's own processes were told. */
  static async start(nodeId: string, env: Readonly<Record<string, string>>): Promise<ExtraNode> {
    const readyFile = join(tmpdir(), `${nodeId}-${process.pid}.ready.json`);
    await rm(readyFile, { force: true });
    const child = spawn(
      process.execPath,
      ["--disable-warning=TimeoutNegativeWarning", "services/fanout/main.ts"],
      {
        env: {
          PATH: process.env.PATH,
          ...env,
          SENDSAR_NODE_ID: nodeId,
          SENDSAR_READY_FILE: readyFile,
          SENDSAR_ADMIN_PORT: "0",
        },
        // What it warns of is for whoever watches; standard output is for the result.
        stdio: ["ignore", 2, "inherit"],
      },
    );
    const until = performance.now() + readyWithinMs;
    while ((await readFile(readyFile, "utf8").catch(() => null)) === null) {
      if (child.exitCode !== null || performance.now() > until) {
        child.kill("SIGKILL");
        throw new Error(`${nodeId} did not become ready`);
      }
      await pause(20);
    }
    await rm(readyFile, { force: true });
    return new ExtraNode(child);
  }

  /** Resolves when it is gone. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
  }
}
