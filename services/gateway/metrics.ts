import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** No tenant, user or room in a label: those are without bound. */
export function createGatewayMetrics(registry: Registry) {
  const registers = [registry];
  return {
    sockets: new Gauge({ name: "sendsar_gateway_sockets", help: "Open sockets.", registers }),
    sessions: new Gauge({
      name: "sendsar_gateway_sessions",
      help: "Sockets that have connected.",
      registers,
    }),
    channels: new Gauge({
      name: "sendsar_gateway_channels",
      help: "Channels this gateway wants.",
      registers,
    }),
    queueBytes: new Gauge({
      name: "sendsar_gateway_outbox_bytes",
      help: "Bytes that wait for slow sockets, as of the last sweep.",
      registers,
    }),
    frames: new Counter({
      name: "sendsar_gateway_frames_total",
      help: "Frames from clients, by type and how they ended (an error code where refused).",
      labelNames: ["type", "outcome"] as const,
      registers,
    }),
    deliveries: new Counter({
      name: "sendsar_gateway_deliveries_total",
      help: "Events handed to sessions.",
      registers,
    }),
    droppedSignals: new Counter({
      name: "sendsar_gateway_dropped_signals_total",
      help: "Signals (typing, presence) that were not sent, as their reader had too much to read.",
      registers,
    }),
    signals: new Counter({
      name: "sendsar_gateway_signals_total",
      help: "What users type and stop typing: sent to the log, or dropped as it was behind.",
      labelNames: ["outcome"] as const,
      registers,
    }),
    healedEvents: new Counter({
      name: "sendsar_gateway_healed_events_total",
      help: "Events read from the history because a delivery was missing.",
      registers,
    }),
    historyReads: new Counter({
      name: "sendsar_gateway_history_reads_total",
      help: "Reads of the history for clients that came back, each for all who needed it at the time.",
      registers,
    }),
    pastEvents: new Counter({
      name: "sendsar_gateway_past_events_total",
      help: "Events that clients which came back had missed, by where they were found: in memory or in the history.",
      labelNames: ["from"] as const,
      registers,
    }),
    closes: new Counter({
      name: "sendsar_gateway_closes_total",
      help: "Sockets closed by this gateway, by reason.",
      labelNames: ["reason"] as const,
      registers,
    }),
    handshakeSeconds: new Histogram({
      name: "sendsar_gateway_handshake_seconds",
      help: "Time from the connect frame to live.",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
      registers,
    }),
  };
}

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;
