import type { ConfigOf } from "#shared/config/parse.ts";
import { writeReadyFile } from "#shared/service/ready-file.ts";
import { migrateCassandra } from "#shared/store/cassandra/migrate.ts";
import { parseReplication } from "#shared/store/cassandra/replication.ts";
import { type Edge, openEdge } from "./edge.ts";
import type { EdgeService } from "./edge-routes.ts";
import { ClusterNode, type ServiceName } from "./node.ts";
import { loadSecrets } from "./secrets.ts";
import { makeTenant } from "./tenant.ts";

export type NodeCounts = Readonly<Record<ServiceName, number>>;

interface ClusterEngines {
  readonly kafkaBrokers: readonly string[];
  readonly cassandraContactPoints: readonly string[];
}

export interface Cluster {
  readonly url: string;
  readonly apiKey: string;
  readonly tenantId: string;
  /** Drains and ends every node: sockets first, then what they write to. */
  stop(): Promise<void>;
}

/**
 * Every partition costs at each fetch, and a cluster on one machine does not grow: with a quarter of a growing
 * deployment's partitions a send at 200 msg/s was answered in half the time. Fixed, so that any number of nodes can
 * take over what another left.
 */
const partitionsHere = "8";
const inboxPartitionsHere = "16";

/** Later ones need the earlier ones: started in this order, ended in reverse. */
const startOrder: readonly ServiceName[] = ["fanout", "ingest", "webhooks", "calls", "gateway"];

/** The distributed deployment on this machine: a process per node, behind one edge. */
export async function startCluster(
  config: ConfigOf<"cluster">,
  engines: ClusterEngines,
  counts: NodeCounts,
): Promise<Cluster> {
  const secrets = await loadSecrets(config.dataDir, config);
  await migrateCassandra({
    contactPoints: engines.cassandraContactPoints,
    localDataCenter: config.cassandraDatacenter,
    keyspace: config.cassandraKeyspace,
    replication: parseReplication(config.cassandraReplication ?? "1", config.cassandraDatacenter),
  });

  const nodes: ClusterNode[] = [];
  const nodesOf = (service: ServiceName) => nodes.filter((node) => node.service === service);
  const env: Record<string, string> = {
    SENDSAR_KAFKA_BROKERS: engines.kafkaBrokers.join(","),
    SENDSAR_CASSANDRA_CONTACT_POINTS: engines.cassandraContactPoints.join(","),
    SENDSAR_ADMIN_KEY: secrets.adminKey,
    SENDSAR_INTERNAL_KEY: secrets.internalKey,
    SENDSAR_SIGNING_KEYS: secrets.signingKeys,
    SENDSAR_PARTITIONS: process.env.SENDSAR_PARTITIONS ?? partitionsHere,
    SENDSAR_INBOX_PARTITIONS: process.env.SENDSAR_INBOX_PARTITIONS ?? inboxPartitionsHere,
    SENDSAR_HOST: "127.0.0.1",
    SENDSAR_PORT: "0",
    SENDSAR_ADMIN_PORT: "0",
    SENDSAR_TRUST_PROXY: "127.0.0.1/32",
  };
  let announce = async () => {};
  let edge: Edge | null = null;

  async function stop(): Promise<void> {
    for (const service of startOrder.toReversed())
      await Promise.all(nodesOf(service).map((node) => node.stop()));
    await edge?.close();
  }

  try {
    for (const service of startOrder) {
      const starting = Array.from({ length: counts[service] }, (_, i) => {
        const id = `${service}-${i + 1}`;
        return new ClusterNode({ service, id, dataDir: config.dataDir, env, changed: () => void announce() });
      });
      nodes.push(...starting);
      await Promise.all(starting.map((node) => node.start()));
      if (service === "ingest") {
        const urls = starting.map((node) => node.announced?.url ?? "");
        env.SENDSAR_INGEST_URL = urls.join(",");
        env.SENDSAR_JWKS_URL = `${urls[0]}/.well-known/jwks.json`;
      }
    }
    edge = await openEdge({ host: config.host, port: config.port, next: inTurn(nodesOf) });
    const { url } = edge;
    const { tenantId, apiKey } = await makeTenant(url, secrets.adminKey);

    announce = async () => {
      if (config.readyFile === null) return;
      await writeReadyFile(config.readyFile, {
        url,
        apiKey,
        adminKey: secrets.adminKey,
        tenantId,
        gateways: nodesOf("gateway").flatMap((node) => node.announced?.url ?? []),
        processes: nodes.flatMap(({ service, announced }) =>
          announced === null ? [] : [{ service, pid: announced.pid, adminUrl: announced.adminUrl }],
        ),
      });
    };
    await announce();
    return { url, apiKey, tenantId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Takes the nodes of a service that are up one after the other. */
function inTurn(nodesOf: (service: ServiceName) => ClusterNode[]): (service: EdgeService) => string | null {
  let turn = 0;
  return (service) => {
    const up = nodesOf(service).filter((node) => node.isUp);
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
    return up[turn % Math.max(1, up.length)]?.announced?.url ?? null;
  };
}
