import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConfigOf } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";
import { writeReadyFile } from "#shared/service/ready-file.ts";
import { migrateCassandra } from "#shared/store/cassandra/migrate.ts";
import { parseReplication } from "#shared/store/cassandra/replication.ts";
import { Balancer } from "./balancer.ts";
import { type Control, openControl } from "./control.ts";
import { type Edge, openEdge } from "./edge.ts";
import type { ServiceName } from "./node.ts";
import { Nodes, startOrder } from "./nodes.ts";
import { type ClusterSecrets, loadSecrets } from "./secrets.ts";
import { makeTenant } from "./tenant.ts";
import { Upkeep } from "./upkeep.ts";

export type NodeCounts = Readonly<Record<ServiceName, number>>;

interface ClusterEngines {
  readonly kafkaBrokers: readonly string[];
  readonly cassandraContactPoints: readonly string[];
}

/** What somebody who wants to try it needs. */
interface Access {
  readonly url: string;
  readonly apiKey: string;
  readonly tenantId: string;
}

/**
 * Every partition of every topic costs at each fetch, for the broker and for who asks, and a cluster on one machine
 * does not grow: as many as fanout nodes are of use here. Fixed, so that any number of nodes can take over what
 * another left.
 */
const partitionsHere = "4";
const inboxPartitionsHere = "16";

/** The distributed deployment on this machine: a process per node, behind one edge. */
export class Cluster {
  readonly #config: ConfigOf<"cluster">;
  #nodes: Nodes | null = null;
  #edge: Edge | null = null;
  #control: Control | null = null;
  #ending = false;

  constructor(config: ConfigOf<"cluster">) {
    this.#config = config;
  }

  /** @throws Error when a node does not become ready, or another cluster runs in the same data folder. */
  async start(engines: ClusterEngines, counts: NodeCounts): Promise<Access> {
    const config = this.#config;
    const secrets = await loadSecrets(config.dataDir, config);
    const control = await openControl(config.dataDir);
    this.#control = control;
    await migrateCassandra({
      contactPoints: engines.cassandraContactPoints,
      localDataCenter: config.cassandraDatacenter,
      keyspace: config.cassandraKeyspace,
      replication: parseReplication(config.cassandraReplication ?? "1", config.cassandraDatacenter),
    });

    const ingestList = join(config.dataDir, "ingest-nodes.json");
    const balancer = new Balancer((service) => nodes.targets(service));
    const edge = await openEdge({ host: config.host, port: config.port, balancer });
    this.#edge = edge;
    let access: Access | null = null;
    const upkeep = new Upkeep(async () => {
      const urls = nodes.targets("ingest").map(({ url }) => url);
      // While the only one restarts it keeps its address.
      if (urls.length > 0) await writeReadyFile(ingestList, urls);
      if (access !== null && config.readyFile !== null)
        await writeReadyFile(config.readyFile, readyOf(access, secrets, nodes));
    });
    const nodes = new Nodes({
      dataDir: config.dataDir,
      env: {
        ...envOf(engines, secrets, edge),
        SENDSAR_INGEST_URL: pathToFileURL(ingestList).href,
        SENDSAR_MEDIA_DIR: config.mediaDir ?? join(config.dataDir, "media"),
      },
      changed: () => upkeep.due(),
      quiet: (id) => balancer.quiet(id, limits.edgeAnswerMsMax),
    });
    this.#nodes = nodes;

    for (const service of startOrder) {
      if (this.#ending) throw new Error("The cluster ended before it was ready.");
      await Promise.all(Array.from({ length: counts[service] }, () => nodes.add(service)));
      // The next ones need what the file says of these.
      await upkeep.done();
    }
    access = { url: edge.url, ...(await makeTenant(edge.url, secrets.adminKey)) };
    upkeep.due();
    await upkeep.done();
    control.serve(nodes);
    return access;
  }

  /** Drains and ends every node, also while they start. */
  async stop(): Promise<void> {
    this.#ending = true;
    await this.#nodes?.stop();
    await this.#edge?.close();
    await this.#control?.close();
  }
}

function envOf(engines: ClusterEngines, secrets: ClusterSecrets, edge: Edge): Record<string, string> {
  return {
    SENDSAR_KAFKA_BROKERS: engines.kafkaBrokers.join(","),
    SENDSAR_CASSANDRA_CONTACT_POINTS: engines.cassandraContactPoints.join(","),
    SENDSAR_ADMIN_KEY: secrets.adminKey,
    SENDSAR_INTERNAL_KEY: secrets.internalKey,
    SENDSAR_SIGNING_KEYS: secrets.signingKeys,
    // Through the edge: any ingest node may be drained.
    SENDSAR_JWKS_URL: `${edge.url}/.well-known/jwks.json`,
    SENDSAR_PARTITIONS: process.env.SENDSAR_PARTITIONS ?? partitionsHere,
    SENDSAR_INBOX_PARTITIONS: process.env.SENDSAR_INBOX_PARTITIONS ?? inboxPartitionsHere,
    SENDSAR_HOST: "127.0.0.1",
    SENDSAR_PORT: "0",
    SENDSAR_ADMIN_PORT: "0",
    SENDSAR_TRUST_PROXY: "127.0.0.1/32",
  };
}

function readyOf({ url, apiKey, tenantId }: Access, { adminKey }: ClusterSecrets, nodes: Nodes): object {
  return {
    url,
    apiKey,
    adminKey,
    tenantId,
    gateways: nodes.targets("gateway").map((node) => node.url),
    processes: nodes
      .status()
      .flatMap(({ service, pid, adminUrl }) => (pid === null ? [] : [{ service, pid, adminUrl }])),
  };
}
