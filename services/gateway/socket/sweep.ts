import type { Clock, Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { GatewayMetrics } from "../metrics.ts";
import type { Connection } from "./connection.ts";

const heartbeatMs = limits.heartbeatSeconds * 1_000;
const sweepMs = heartbeatMs / 5;

/**
 * Looks after all sockets by one timer, as one each would cost more than the sockets: asks the silent for a sign of
 * life, closes the dead, and those whose token ran out.
 *
 * @returns what ends it.
 */
export function startSweep(
  clock: Clock & Timers,
  connections: ReadonlySet<Connection>,
  metrics: GatewayMetrics,
): () => void {
  return clock.every(sweepMs, () => {
    const now = clock.nowMs();
    let bytes = 0;
    for (const connection of connections) {
      bytes += connection.outboxBytes;
      const silentMs = now - connection.lastHeardMs;
      const expiresAtMs = connection.session?.identity.expiresAtMs ?? Number.POSITIVE_INFINITY;
      // As long as a handshake would take the same token, its socket lives.
      const isExpired = expiresAtMs + limits.tokenClockToleranceSeconds * 1_000 <= now;
      if (silentMs > 2 * heartbeatMs) connection.close("heartbeat_timeout");
      else if (isExpired) connection.close("token_expired");
      else if (silentMs > heartbeatMs) connection.probe();
    }
    metrics.queueBytes.set(bytes);
  });
}
