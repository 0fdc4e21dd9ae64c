import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type ServiceName = "ingest" | "gateway" | "fanout" | "webhooks" | "calls";

/** What a service writes to its ready file. */
interface Announcement {
  readonly pid: number;
  readonly adminUrl: string;
  /** Of services that answer requests. */
  readonly url?: string;
}

/** kafkajs sets timers that are due already, which Node 24 warns of (tulios/kafkajs#1751); harmless. */
const quiet = "--disable-warning=TimeoutNegativeWarning";
const readyWithinMs = 60_000;
const pollMs = 20;
const restartPauseMs = 200;
const restartPauseMsMax = 5_000;

/**
 * One node: a process of a service, started again when it ends by itself, as an orchestrator would. It keeps its
 * address over restarts, so that those that were told of it find it again.
 */
export class ClusterNode {
  readonly service: ServiceName;
  readonly id: string;
  announced: Announcement | null = null;
  readonly #readyFile: string;
  readonly #env: Record<string, string>;
  readonly #changed: () => void;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;
  #pauseMs = restartPauseMs;

  /** @param options.changed is called when it has come up again, under another pid. */
  constructor(options: {
    service: ServiceName;
    id: string;
    dataDir: string;
    env: Record<string, string>;
    changed: () => void;
  }) {
    this.service = options.service;
    this.id = options.id;
    this.#readyFile = join(options.dataDir, `${options.id}.ready.json`);
    this.#env = { ...options.env, SENDSAR_NODE_ID: options.id, SENDSAR_READY_FILE: this.#readyFile };
    this.#changed = options.changed;
  }

  /** Whether requests may be sent to it. */
  get isUp(): boolean {
    return this.announced !== null && !this.#stopping;
  }

  /** @throws Error when it ends before it is ready, or is not ready in time. */
  async start(): Promise<void> {
    await rm(this.#readyFile, { force: true });
    const child = spawn(process.execPath, [quiet, `services/${this.service}/main.ts`], {
      env: { ...process.env, ...this.#env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    const announced = await this.#waitReady(child);
    this.announced = announced;
    this.#pauseMs = restartPauseMs;
    if (announced.url !== undefined) this.#env.SENDSAR_PORT = new URL(announced.url).port;
    void this.#ended.then(() => this.#restart());
  }

  /** SIGTERM, and waits for the end of its drain. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill("SIGTERM");
    await this.#ended;
  }

  async #restart(): Promise<void> {
    this.announced = null;
    while (!this.#stopping) {
      await sleep(this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, restartPauseMsMax);
      if (this.#stopping) return;
      try {
        await this.start();
        this.#changed();
        return;
      } catch (error) {
        process.stderr.write(`${(error as Error).message}; it is started again\n`);
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
}
