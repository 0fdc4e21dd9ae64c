import { pause, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Connection } from "./connection.ts";

const slicePauseMs = 100;
const closingMs = limits.drainMsMax / 2;

/**
 * Closes all sockets a slice at a time, so that the gateways that take their clients are not run over. One whose peer
 * does not answer is cut off, as a dead peer must not hold up the end of the process.
 */
export async function drainSockets(clock: Timers, connections: ReadonlySet<Connection>): Promise<void> {
  // However many there are, the last is closed well before the deadline of the drain.
  const perSlice = Math.max(
    limits.drainSliceSockets,
    Math.ceil((connections.size * slicePauseMs) / closingMs),
  );
  const closedIn = new Map<Connection, number>();
  for (let slice = 0; connections.size > 0; slice++) {
    let left = perSlice;
    for (const connection of connections) {
      const since = closedIn.get(connection);
      if (since === undefined) {
        if (left-- <= 0) continue;
        closedIn.set(connection, slice);
        connection.close("draining");
      } else if ((slice - since) * slicePauseMs >= limits.drainAnswerMsMax) {
        connection.terminate();
      }
    }
    await pause(clock, slicePauseMs);
  }
}
