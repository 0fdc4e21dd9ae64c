import { randomUUID } from "node:crypto";
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from "testcontainers";
import type { EngineName } from "#infra/images/built-image.ts";
import { engineImage } from "#infra/images/engine-image.ts";
import { runCommand } from "./command.ts";
import { ensureDocker } from "./docker.ts";
import type { EngineContainer, EngineOptions } from "./engine.ts";
import { freePort } from "./free-port.ts";
import { ownerLabel, ownerOfThisProcess, removeContainersOnExit, removeOrphans } from "./owned-containers.ts";
import { pollUntil } from "./poll.ts";
import { progress } from "./progress.ts";
import { prepareReaper } from "./reaper.ts";

export type ContainerPlan = {
  name: EngineName;
  /** What the engine listens on inside. */
  containerPort: number;
  environment(host: string, port: number): Record<string, string>;
  /** What the image's program is told beside that. */
  command?: readonly string[];
  /** The line of its log after which it is worth asking whether it answers. */
  startedLine: RegExp;
  answers(addresses: readonly string[]): Promise<boolean>;
  /** What else it listens on, under the same numbers here as inside: it tells its clients of them itself. */
  samePorts?: readonly number[];
  /** It may ask what listens on this machine, by the name `host.docker.internal`. */
  reachesHost?: boolean;
  /** Of Docker's, with others that know it by this name. */
  network?: { readonly name: string; readonly alias: string };
};

/** A cold JVM on a busy machine with two cores; the engines need 5 s of it. */
const startDeadlineMs = 120_000;
const answerDeadlineMs = 60_000;
const dockerDeadlineMs = 45_000;
/** What `docker stop` waits before it kills: a node that is shutting down in order needs a few seconds. */
const shutdownSeconds = 30;
/** Others may take a port between choosing and publishing it. */
const portAttemptsMax = 5;
const logTailLines = 30;
const attemptLabel = "sendsar.engine.attempt";

export async function startContainer(plan: ContainerPlan, options: EngineOptions): Promise<EngineContainer> {
  await prepareDocker();
  const image = await engineImage(plan.name);
  await prepareReaper(!image.startsWith("sendsar-"));
  const { info } = await getContainerRuntimeClient();
  // By number, so that a client never tries ::1, where nothing is published.
  const host = info.containerRuntime.host === "localhost" ? "127.0.0.1" : info.containerRuntime.host;

  for (let attempt = 1; ; attempt++) {
    const port = options.hostPort ?? (await freePort());
    try {
      const started = await startOnce(plan, image, host, port);
      return engineContainer(plan, started, `${host}:${port}`);
    } catch (error) {
      const mayRetry = options.hostPort === undefined && attempt < portAttemptsMax && isPortTaken(error);
      if (!mayRetry) throw error;
    }
  }
}

let prepared: Promise<void> | undefined;

function prepareDocker(): Promise<void> {
  prepared ??= ensureDocker().then(removeOrphans);
  removeContainersOnExit();
  return prepared;
}

async function startOnce(
  plan: ContainerPlan,
  image: string,
  host: string,
  port: number,
): Promise<StartedTestContainer> {
  const attemptId = randomUUID();
  const log: string[] = [];
  try {
    const container = new GenericContainer(image);
    if (plan.network !== undefined) {
      container.withNetworkMode(plan.network.name).withNetworkAliases(plan.network.alias);
    }
    if (plan.reachesHost === true) {
      container.withExtraHosts([{ host: "host.docker.internal", ipAddress: "host-gateway" }]);
    }
    if (plan.command !== undefined) container.withCommand([...plan.command]);
    const started = await container
      .withExposedPorts(
        { container: plan.containerPort, host: port },
        ...(plan.samePorts ?? []).map((same) => ({ container: same, host: same })),
      )
      .withEnvironment(plan.environment(host, port))
      .withLabels({ [ownerLabel]: ownerOfThisProcess(), [attemptLabel]: attemptId })
      .withLogConsumer((stream) => {
        stream.on("data", (chunk) => {
          log.push(String(chunk).trimEnd());
          if (log.length > logTailLines) log.shift();
        });
      })
      .withWaitStrategy(Wait.forLogMessage(plan.startedLine))
      .withStartupTimeout(startDeadlineMs)
      .start();
    await pollUntil(`${plan.name} answers`, answerDeadlineMs, () => plan.answers([`${host}:${port}`]));
    progress(`${plan.name} is up at ${host}:${port} (${image})`);
    return started;
  } catch (cause) {
    await removeAttempt(attemptId);
    const tail = log.length === 0 ? "" : `\nThe end of its log:\n${log.join("\n")}`;
    throw new Error(`${plan.name} (${image}) did not start: ${String(cause)}${tail}`, { cause });
  }
}

/** Testcontainers forgets a container that it created and could not start. */
async function removeAttempt(attemptId: string): Promise<void> {
  const filter = ["--filter", `label=${attemptLabel}=${attemptId}`];
  const ids = await runCommand("docker", ["ps", "--all", "--quiet", "--no-trunc", ...filter], {
    deadlineMs: dockerDeadlineMs,
  });
  for (const id of ids.split("\n").filter((line) => line !== "")) {
    await runCommand("docker", ["rm", "--force", "--volumes", id], { deadlineMs: dockerDeadlineMs });
  }
}

export function isPortTaken(error: unknown): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(String(error));
}

function engineContainer(
  plan: ContainerPlan,
  started: StartedTestContainer,
  address: string,
): EngineContainer {
  const containerId = started.getId();
  const addresses = [address];
  const docker = (...args: string[]) => runCommand("docker", args, { deadlineMs: dockerDeadlineMs });
  return {
    addresses,
    containerId,
    stop: async () => {
      await started.stop();
    },
    halt: async (how) => {
      if (how === "kill") await docker("kill", containerId);
      else await docker("stop", "--time", String(shutdownSeconds), containerId);
    },
    resume: async () => {
      await docker("start", containerId);
      await pollUntil(`${plan.name} answers again`, answerDeadlineMs, () => plan.answers(addresses));
    },
  };
}
