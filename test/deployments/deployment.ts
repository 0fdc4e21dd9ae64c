import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What a deployment writes when it is ready: see `SENDSAR_READY_FILE`. */
export interface Deployment {
  readonly url: string;
  readonly apiKey: string;
  readonly adminKey: string;
  readonly tenantId: string;
  readonly gateways: readonly string[];
  readonly processes: readonly {
    readonly service: string;
    readonly pid: number;
    readonly adminUrl: string;
  }[];
}

export interface RunningDeployment extends Deployment {
  /** The process that was started; of a cluster, the one that looks after the others. */
  readonly process: ChildProcess;
  /** What it has written to its output so far. */
  output(): string;
  /** SIGTERM, and waits for the end. Resolves with the exit code (null: killed). The data folder stays. */
  stop(): Promise<number | null>;
  /** kill -9, with no chance to save anything. The data folder stays. */
  kill(): Promise<void>;
}

export interface DeployOptions {
  /** Kept between starts so that a restart finds it; removed by `removeDataDir`. */
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly readyWithinMs?: number;
}

/** A deployment that was told to end while it was starting has this long. */
const stopMsMax = 30_000;

export function makeDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), "sendsar-test-"));
}

export function removeDataDir(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** Everything in one process on the embedded engines, as `npm start` runs it. */
export function startStandalone(options: DeployOptions): Promise<RunningDeployment> {
  return start("services/standalone/main.ts", options);
}

/**
 * One process per service on Kafka and Cassandra, as `npm run cluster` runs it. Give every deployment its own
 * `SENDSAR_TOPIC_PREFIX` and `SENDSAR_CASSANDRA_KEYSPACE`, and the addresses of the engines.
 */
export function startCluster(options: DeployOptions): Promise<RunningDeployment> {
  return start("infra/cluster/main.ts", { readyWithinMs: 120_000, ...options });
}

async function start(program: string, options: DeployOptions): Promise<RunningDeployment> {
  const { dataDir, env = {}, args = [], readyWithinMs = 60_000 } = options;
  const readyFile = join(dataDir, "ready.json");
  await rm(readyFile, { force: true });
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...withoutOptions(process.env),
      SENDSAR_PORT: "0",
      SENDSAR_ADMIN_PORT: "0",
      SENDSAR_DATA_DIR: dataDir,
      SENDSAR_READY_FILE: readyFile,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    output += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));

  const ready = await readWhenThere(readyFile, child, readyWithinMs).catch(async (cause: unknown) => {
    // The nodes of a cluster would outlive a supervisor that is killed.
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    await ended;
    clearTimeout(kill);
    throw new Error(`${program} did not become ready:\n${output}`, { cause });
  });
  return {
    ...ready,
    process: child,
    output: () => output,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Options of the run that started the tests must not reach what they start. */
function withoutOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("SENDSAR_")));
}

async function readWhenThere(path: string, child: ChildProcess, withinMs: number): Promise<Deployment> {
  const until = performance.now() + withinMs;
  while (child.exitCode === null && performance.now() < until) {
    const text = await readFile(path, "utf8").catch(() => null);
    if (text !== null) return JSON.parse(text) as Deployment;
    await sleep(20);
  }
  throw new Error(
    child.exitCode === null ? `not ready within ${withinMs} ms` : `ended with ${child.exitCode}`,
  );
}
