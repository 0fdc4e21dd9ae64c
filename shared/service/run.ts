import { randomBytes } from "node:crypto";
import closeWithGrace from "close-with-grace";
import type { Registry } from "prom-client";
import { helpText } from "#shared/config/help.ts";
import type { Program } from "#shared/config/options.ts";
import { ConfigError, type ConfigOf, parseConfig } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";
import { createRegistry } from "#shared/metrics/registry.ts";
import { type AdminServer, createAdminServer } from "./admin.ts";
import { withDeadline } from "./deadline.ts";
import type { Service } from "./lifecycle.ts";
import { createLogger, type Logger } from "./logger.ts";
import { writeReadyFile } from "./ready-file.ts";

/** The programs that are one process each. */
type ProcessProgram = Exclude<Program, "cluster">;
type CommonConfig = Pick<ConfigOf<"fanout">, "nodeId" | "logLevel" | "adminPort" | "adminHost" | "readyFile">;

export interface ProcessContext<P extends ProcessProgram> {
  readonly config: ConfigOf<P>;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly nodeId: string;
}

export interface ProcessParts {
  readonly service: Service;
  /** Called once it is ready: what others must know to reach it. Goes to the ready file. */
  readonly announce?: (adminUrl: string) => object;
}

/**
 * Runs a service as a process: reads the environment, starts, serves the admin port, and on SIGTERM or SIGINT drains
 * within `limits.drainMsMax`, stops, and exits 0. A second signal, a passed deadline or a fault nobody caught exits 1.
 * Only a `main.ts` calls this, and passes its `process`.
 */
export async function runService<P extends ProcessProgram>(
  host: NodeJS.Process,
  program: P,
  build: (context: ProcessContext<P>) => ProcessParts | Promise<ProcessParts>,
): Promise<void> {
  if (host.argv.includes("--help")) {
    host.stdout.write(helpText(program));
    return;
  }
  const config = readConfig(host, program);
  if (config === null) return;

  const nodeId = config.nodeId ?? `${program}-${randomBytes(4).toString("hex")}`;
  const logger = createLogger({ service: program, nodeId, level: config.logLevel });
  const registry = createRegistry(program);
  const state: { phase: "starting" | "running" | "draining"; service: Service | null } = {
    phase: "starting",
    service: null,
  };
  const admin = createAdminServer({
    registry,
    port: config.adminPort,
    host: config.adminHost,
    ready: async () => {
      if (state.phase !== "running" || state.service === null) throw new Error(`The node is ${state.phase}.`);
      await state.service.ready();
    },
  });

  endWithGrace(logger, async () => {
    const { phase, service } = state;
    state.phase = "draining";
    // Nothing was taken yet, and a start that hangs cannot be stopped in order.
    if (phase === "starting" || service === null) return;
    await end(service, admin, logger);
  });

  try {
    await admin.start();
    const parts = await build({ config, logger, registry, nodeId });
    state.service = parts.service;
    await parts.service.start();
    if (state.phase !== "starting") return;
    state.phase = "running";
    const announced = parts.announce?.(admin.url()) ?? {
      service: program,
      pid: host.pid,
      adminUrl: admin.url(),
    };
    if (config.readyFile !== null) await writeReadyFile(config.readyFile, announced);
    logger.info({ adminUrl: admin.url() }, "ready");
  } catch (error) {
    logger.fatal({ err: error }, "could not start");
    await state.service?.stop().catch(() => undefined);
    host.exit(1);
  }
}

function readConfig<P extends ProcessProgram>(
  host: NodeJS.Process,
  program: P,
): (ConfigOf<P> & CommonConfig) | null {
  try {
    // Every program has the common options; the compiler cannot see that of a P it does not know.
    return parseConfig(host.env, program) as ConfigOf<P> & CommonConfig;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.stderr.write(`${error.message}\nSee --help.\n`);
    host.exitCode = 1;
    return null;
  }
}

/** The process ends by itself after `finish`; everything else that may end it is an error and logged as one. */
function endWithGrace(logger: Logger, finish: () => Promise<void>): void {
  closeWithGrace(
    {
      delay: limits.drainMsMax + limits.stopMsMax,
      logger: false,
      onSecondSignal: (signal) => logger.fatal({ signal }, "second signal: forced end"),
      onSecondError: (error) => logger.fatal({ err: error }, "fault while ending"),
      onTimeout: (ms) => logger.fatal({ ms }, "deadline passed: forced end"),
    },
    async ({ err, signal }) => {
      if (err !== undefined) {
        // What state the process is in is unknown, so it ends like one that was killed: nothing acked is lost.
        logger.fatal({ err }, "fault nobody caught");
        return;
      }
      logger.info({ signal }, "draining");
      await finish();
      logger.info("stopped");
    },
  );
}

async function end(service: Service, admin: AdminServer, logger: Logger): Promise<void> {
  try {
    await withDeadline(service.drain(), limits.drainMsMax, "The drain passed its deadline.");
  } catch (error) {
    logger.error({ err: error }, "not drained");
    throw error;
  } finally {
    await service.stop().finally(() => admin.stop());
  }
}
