import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const program = new URL("./testing/process.ts", import.meta.url);
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
  readonly ready: () => Promise<{ adminUrl: string; pid: number }>;
}

async function run(nodeId: string, env: Record<string, string> = {}, args: string[] = []): Promise<Started> {
  const readyFile = join(await mkdtemp(join(tmpdir(), "run-")), "ready.json");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", fileURLToPath(program), ...args],
    {
      env: {
        PATH: process.env.PATH,
        SENDSAR_NODE_ID: nodeId,
        SENDSAR_KAFKA_BROKERS: "unused:1",
        SENDSAR_CASSANDRA_CONTACT_POINTS: "unused",
        SENDSAR_READY_FILE: readyFile,
        ...env,
      },
    },
  );
  running.add(child);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  return {
    child,
    output: () => output,
    exit: new Promise((resolve) =>
      child.on("close", (code) => {
        running.delete(child);
        resolve(code);
      }),
    ),
    ready: async () => {
      await expect
        .poll(() => readFile(readyFile, "utf8").catch(() => null), { timeout: 20_000 })
        .not.toBeNull();
      return JSON.parse(await readFile(readyFile, "utf8"));
    },
  };
}

test.each(["SIGTERM", "SIGINT"] as const)("%s drains, stops and exits 0", async (signal) => {
  const { child, exit, output, ready } = await run("plain");
  const { pid } = await ready();
  expect(pid).toBe(child.pid);
  child.kill(signal);
  expect(await exit).toBe(0);
  expect(output()).toContain('"msg":"stopped"');
});

test("the admin port answers while the process lives, and 503 with the reason while it is not ready", async () => {
  const { child, exit, ready } = await run("not-ready");
  const { adminUrl } = await ready();
  expect(new URL(adminUrl).hostname).toBe("127.0.0.1");
  expect((await fetch(`${adminUrl}/livez`)).status).toBe(200);
  const readiness = await fetch(`${adminUrl}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toEqual({ ready: false, reason: "the store is away" });
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  expect(metrics).toContain('nodejs_eventloop_lag_seconds{service="webhooks"}');
  expect((await fetch(`${adminUrl}/other`)).status).toBe(404);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
});

test("a draining node says that it is not ready", async () => {
  const { child, exit, ready } = await run("slow-stop");
  const { adminUrl } = await ready();
  expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
  child.kill("SIGTERM");
  await expect.poll(async () => (await fetch(`${adminUrl}/readyz`)).status).toBe(503);
  expect(await exit).toBe(0);
});

test("a second signal ends at once, with 1", async () => {
  const { child, exit, output, ready } = await run("slow-drain");
  await ready();
  child.kill("SIGTERM");
  await expect.poll(output).toContain('"msg":"draining"');
  child.kill("SIGTERM");
  expect(await exit).toBe(1);
  expect(output()).toContain("second signal");
});

test("a fault that nobody catches is logged and ends the process with 1", async () => {
  const { exit, output } = await run("fault");
  expect(await exit).toBe(1);
  expect(output()).toContain("nobody caught me");
});

test("a start that fails is logged and ends the process with 1", async () => {
  const { exit, output } = await run("no-start");
  expect(await exit).toBe(1);
  expect(output()).toContain("the engine is gone");
});

test("a bad environment ends the process with 1 and one line for each problem", async () => {
  const { exit, output } = await run("plain", { SENDSAR_PROT: "1", SENDSAR_ADMIN_PORT: "x" });
  expect(await exit).toBe(1);
  expect(output()).toContain("Did you mean SENDSAR_PORT?");
  expect(output()).toContain("SENDSAR_ADMIN_PORT must be");
  expect(output()).not.toContain("    at ");
});

test("--help prints the options and exits 0", async () => {
  const { exit, output } = await run("plain", {}, ["--help"]);
  expect(await exit).toBe(0);
  expect(output()).toContain("SENDSAR_KAFKA_BROKERS");
});
