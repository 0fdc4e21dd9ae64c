import { Registry } from "prom-client";
import type { Authority } from "#shared/auth/authority.ts";
import type { RouteContext } from "#shared/http/routes.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { IntentSink } from "#shared/protocol/intents.ts";
import { silentLogger } from "#shared/service/logger.ts";
import type { Store } from "#shared/store/store.ts";
import { createGateway } from "../../../services/gateway/app.ts";
import type { Machine } from "../machine.ts";
import type { Listening } from "./wire.ts";

export interface GatewayNode extends Listening {
  /** Takes new sockets. */
  readonly isOpen: boolean;
  /** Sends its clients elsewhere first. */
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

/** The real service on the simulated engines, without its HTTP: sockets are handed to it. A token is `tenant/user`. */
export function startGateway(
  machine: Machine,
  engines: { log: EventLog; store: Store; topics: Topics; sink: IntentSink },
): GatewayNode {
  let isOpen = false;
  const deps = {
    ...engines,
    clock: machine,
    registry: new Registry(),
    logger: silentLogger,
    // Of typing, which no device does.
    authority: {} as Authority,
    admission: {
      admitSignal: async () => {},
      connectionFrames: () => Number.MAX_SAFE_INTEGER,
      connectionsMax: () => null,
    },
    identify: async (token: string) => {
      const [tenantId = "", userId = ""] = token.split("/");
      const nowMs = machine.nowMs();
      return { tenantId, userId, issuedAtMs: nowMs, expiresAtMs: nowMs + dayMs };
    },
    // Of the HTTP calls, which nobody registers here.
    route: {} as RouteContext,
  };
  const gateway = createGateway(deps, { connectsPerSecond: 1_000 });
  const started = gateway.start().then(() => {
    isOpen = true;
  });
  return {
    machine,
    get isOpen() {
      return isOpen && machine.alive;
    },
    accept: (socket) => gateway.accept(socket),
    async stop() {
      await started;
      isOpen = false;
      await gateway.drain();
      await gateway.stop();
      machine.crash();
    },
  };
}
