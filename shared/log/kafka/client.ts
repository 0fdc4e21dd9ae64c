import net from "node:net";
import tls from "node:tls";
import { type ISocketFactoryArgs, Kafka, type KafkaConfig, logLevel } from "kafkajs";
import { limits } from "#shared/limits.ts";
import type { LogLogger } from "../log-logger.ts";
import { logInto } from "./client-logs.ts";
import { withoutIdleTimers } from "./request-queue.ts";

export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Names this process, and no other that runs: one that starts takes the place of what died under its name. */
  readonly clientId: string;
  readonly ssl?: KafkaConfig["ssl"];
  readonly sasl?: KafkaConfig["sasl"];
}

/**
 * A client of its own for each producer and consumer: those of one client share the map of committed offsets, and two
 * members of one group would wipe each other's.
 */
export function kafkaClient(
  { brokers, clientId, ssl, sasl }: KafkaConnection,
  logger: LogLogger,
  retries = 5,
): Kafka {
  withoutIdleTimers();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 3_000,
    requestTimeout: limits.appendWaitMsMax,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries },
    socketFactory: openSocket,
    logLevel: logLevel.INFO,
    logCreator: () => logInto(logger),
  });
}

/** Requests are small and somebody waits for each: no delay for a fuller segment. */
function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): net.Socket {
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl
    ? tls.connect({ host, port, ...servername, ...ssl }, onConnect)
    : net.connect({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
}
