import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const serviceNames = ["ingest", "gateway", "fanout", "webhooks", "calls"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** down: it ended by itself and is started again. ended: it was drained and does not come back. */
export type NodeState = "starting" | "up" | "down" | "draining" | "ended";

/** What a service writes to its ready file. */
interface Announcement {
  readonly pid: number;
  readonly adminUrl: string;
  /** Of services that answer requests. */
  readonly url?: string;
}

/** kafkajs sets timers that are due already, which Node 24 warns of (tulios/kafkajs#1751); harmless. */
const quiet = "--disable-warning=TimeoutNegativeWarning";
/**
 * A gateway's memory is to go to its sockets. Where a machine has much, V8 lets the space for new objects grow to
 * 128 MB while many connect, and keeps most of it: several KB of each of 10,000 idle connections.
 */
const nodeOptions: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  gateway: ["--max-semi-space-size=16"],
};
const readyWithinMs = 60_000;
const pollMs = 20;
/** Before it is started again, doubled each time it ends soon after it was up. */
const restartPauseMs = 200;
const restartPauseMsMax = 5_000;
const upForGoodMs = 10_000;

/**
 * One node: a process of a service, started again when it ends by itself, as an orchestrator would. It keeps its
 * address over restarts, so that those that were told of it find it again.
 */
export class ClusterNode {
  readonly service: ServiceName;
  readonly id: string;
  /** How often it was started again. */
  restarts = 0;
  #state: NodeState = "starting";
  #announced: Announcement | null = null;
  readonly #readyFile: string;
  readonly #env: Record<string, string>;
  readonly #changed: () => void;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #pauseMs = restartPauseMs;

  /** @param options.changed is called whenever its state or its process is another. */
  constructor(options: {
    service: ServiceName;
    id: string;
    dataDir: string;
    env: Readonly<Record<string, string>>;
    changed: () => void;
  }) {
    this.service = options.service;
    this.id = options.id;
    this.#readyFile = join(options.dataDir, `${options.id}.ready.json`);
    this.#env = { ...options.env, SENDSAR_NODE_ID: options.id, SENDSAR_READY_FILE: this.#readyFile };
    this.#changed = options.changed;
  }

  get state(): NodeState {
    return this.#state;
  }

  /** Of the process that is up, or drains. */
  get announced(): Announcement | null {
    return this.#announced;
  }

  /** @throws Error when it ends before it is ready, or is not ready in time. It is not tried again. */
  async start(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      this.#become("ended");
      throw error;
    }
  }

  /** From here on nothing new may be sent to it, and it is not started again. */
  retire(): void {
    if (this.#state !== "ended") this.#become("draining");
  }

  /** SIGTERM, and waits for the end of its drain. */
  async stop(): Promise<void> {
    this.retire();
    this.#child?.kill("SIGTERM");
    await this.#ended;
    this.#become("ended");
    await rm(this.#readyFile, { force: true });
  }

  async #run(): Promise<void> {
    await rm(this.#readyFile, { force: true });
    if (this.#isLeaving) throw new Error(`${this.id} is not started any more`);
    const program = `services/${this.service}/main.ts`;
    const child = spawn(process.execPath, [quiet, ...(nodeOptions[this.service] ?? []), program], {
      env: { ...process.env, ...this.#env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    this.#announced = await this.#waitReady(child);
    const upSinceMs = performance.now();
    if (this.#announced.url !== undefined) this.#env.SENDSAR_PORT = new URL(this.#announced.url).port;
    if (this.#isLeaving) return;
    this.#become("up");
    void this.#ended.then(() => {
      if (performance.now() - upSinceMs > upForGoodMs) this.#pauseMs = restartPauseMs;
      return this.#restart();
    });
  }

  async #restart(): Promise<void> {
    while (!this.#isLeaving) {
      this.#announced = null;
      this.#become("down");
      await sleep(this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, restartPauseMsMax);
      try {
        this.restarts++;
        return await this.#run();
      } catch (error) {
        if (!this.#isLeaving) process.stderr.write(`${(error as Error).message}; it is started again\n`);
      }
    }
  }

  async #waitReady(child: ChildProcess): Promise<Announcement> {
    const until = performance.now() + readyWithinMs;
    while (child.exitCode === null && child.signalCode === null && performance.now() < until) {
      const text = await readFile(this.#readyFile, "utf8").catch(() => null);
      if (text !== null) return JSON.parse(text) as Announcement;
      await sleep(pollMs);
    }
    child.kill("SIGKILL");
    throw new Error(`${this.id} did not become ready: see its output above`);
  }

  get #isLeaving(): boolean {
    return this.#state === "draining" || this.#state === "ended";
  }

  #become(state: NodeState): void {
    this.#state = state;
    if (state === "ended") this.#announced = null;
    this.#changed();
  }
}
