import { Client, policies, types } from "cassandra-driver";
import { limits } from "#shared/limits.ts";
import { RetryOnce } from "./retry-policy.ts";

export interface CassandraConnection {
  /** host or host:port */
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** How many replicas must have answered. local_quorum is right for every replication factor, 1 included. */
const consistencies = {
  local_quorum: types.consistencies.localQuorum,
  quorum: types.consistencies.quorum,
  local_one: types.consistencies.localOne,
} as const;
export type Consistency = keyof typeof consistencies;

/** A client that is not connected yet. Schema changes take longer than requests: `requestMsMax`. */
export function cassandraClient(
  connection: CassandraConnection,
  options: { keyspace?: string; consistency?: Consistency; requestMsMax?: number } = {},
): Client {
  return new Client({
    contactPoints: [...connection.contactPoints],
    localDataCenter: connection.localDataCenter,
    ...(connection.credentials === undefined ? {} : { credentials: connection.credentials }),
    ...(options.keyspace === undefined ? {} : { keyspace: options.keyspace }),
    applicationName: "sendsar",
    queryOptions: {
      consistency: consistencies[options.consistency ?? "local_quorum"],
      serialConsistency: types.consistencies.localSerial,
      prepare: true,
      isIdempotent: true,
    },
    socketOptions: {
      connectTimeout: limits.storeConnectMsMax,
      readTimeout: options.requestMsMax ?? limits.storeRequestMsMax,
      tcpNoDelay: true,
    },
    policies: {
      retry: new RetryOnce(),
      // The driver's own comes to wait ten minutes for a node that is back already.
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(
        limits.storeReconnectMsMin,
        limits.storeReconnectMsMax,
        false,
      ),
      speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
        limits.storeSpeculateMs,
        1,
      ),
    },
    // All statements are known and few: one that is evicted was built from data, and that is a bug to see in the log.
    maxPrepared: 100,
    monitorReporting: { enabled: false },
  });
}
