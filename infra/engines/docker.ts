import { setTimeout as sleep } from "node:timers/promises";
import { getContainerRuntimeClient } from "testcontainers";
import { startDockerd } from "./dockerd.ts";
import { installPackages, whyNotInstall } from "./install-packages.ts";
import { isInstalled } from "./installed.ts";
import { engineRunsHere, reachOnLoopback } from "./loopback.ts";

/** An engine that is there answers in milliseconds; a dead remote DOCKER_HOST must not hang the run. */
const answerMs = 10_000;

let ready: Promise<void> | undefined;

/**
 * Makes sure a Docker engine answers: the one that is there (DOCKER_HOST or a socket), else one
 * installed and started here, where that is possible and not forbidden. Else throws what to do.
 */
export function ensureDocker(): Promise<void> {
  ready ??= findOrStart();
  return ready;
}

async function findOrStart(): Promise<void> {
  // Before the first question, as the client keeps where it found the engine.
  if (process.env.DOCKER_HOST === undefined && (await engineRunsHere())) reachOnLoopback();
  if (await engineAnswers()) return;
  if (process.env.DOCKER_HOST !== undefined) {
    throw new Error(
      `DOCKER_HOST is ${process.env.DOCKER_HOST} and no Docker engine answers there: start it, or unset DOCKER_HOST.`,
    );
  }
  const refused = await whyNotInstall();
  if (refused !== undefined) throw new Error(noEngineMessage(refused));
  reachOnLoopback();
  if (!(await isInstalled("dockerd"))) {
    await installPackages(["docker.io", "iptables"], "Docker for the engines under test");
    // Where an init system runs, the package starts the engine itself.
    if (await engineAnswers()) return;
  }
  await startDockerd(engineAnswers);
}

function noEngineMessage(refused: string): string {
  return (
    `Kafka and Cassandra run in Docker containers, and no Docker engine answers here; ${refused}. ` +
    "Start Docker (and see that this user may use it), or name running engines with " +
    "SENDSAR_KAFKA_BROKERS and SENDSAR_CASSANDRA_CONTACT_POINTS."
  );
}

async function engineAnswers(): Promise<boolean> {
  const asked = getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
  return await Promise.race([asked, sleep(answerMs, false, { ref: false })]);
}
