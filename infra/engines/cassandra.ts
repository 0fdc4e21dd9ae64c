import cassandra from "cassandra-driver";
import { type ContainerPlan, startContainer } from "./container.ts";
import type { Engine, EngineContainer, EngineOptions } from "./engine.ts";
import { oneCollector, quickToWarm } from "./java.ts";
import { namedEngine } from "./named-engine.ts";

/** The Cassandra that SENDSAR_CASSANDRA_CONTACT_POINTS names, else a container of our own. */
export async function startCassandra(options: EngineOptions = {}): Promise<Engine> {
  const named = await namedEngine("SENDSAR_CASSANDRA_CONTACT_POINTS", cassandraAnswers);
  return named ?? (await startCassandraContainer(options));
}

/** A node of the caller's own, whatever the environment names: for tests that take it down. */
export function startCassandraContainer(options: EngineOptions = {}): Promise<EngineContainer> {
  return startContainer(plan, options);
}

const plan: ContainerPlan = {
  name: "cassandra",
  containerPort: 9042,
  startedLine: /Starting listening for CQL clients/,
  answers: cassandraAnswers,
  environment: () => ({
    // The official start script wants both or neither.
    MAX_HEAP_SIZE: "1G",
    HEAP_NEWSIZE: "128M",
    CASSANDRA_CLUSTER_NAME: "Sendsar",
    CASSANDRA_NUM_TOKENS: "1",
    // A node alone talks to itself; the loopback stays the same when a restarted container gets another address.
    CASSANDRA_LISTEN_ADDRESS: "127.0.0.1",
    CASSANDRA_BROADCAST_ADDRESS: "127.0.0.1",
    CASSANDRA_SEEDS: "127.0.0.1",
    CASSANDRA_RPC_ADDRESS: "0.0.0.0",
    CASSANDRA_BROADCAST_RPC_ADDRESS: "127.0.0.1",
    JVM_EXTRA_OPTS: [
      // There is no other node whose gossip could be waited for.
      "-Dcassandra.skip_wait_for_gossip_to_settle=0",
      "-Dcassandra.ring_delay_ms=100",
      // A thread would take another name for each request, which is a call into the kernel.
      "-Dcassandra.set_sep_thread_name=false",
      quickToWarm,
      oneCollector,
    ].join(" "),
  }),
};

async function cassandraAnswers(contactPoints: readonly string[]): Promise<boolean> {
  const client = new cassandra.Client({
    contactPoints: [...contactPoints],
    // Whatever its data center is called: this only asks whether it is there.
    policies: { loadBalancing: new cassandra.policies.loadBalancing.RoundRobinPolicy() },
    socketOptions: { connectTimeout: 2_000, readTimeout: 5_000 },
  });
  try {
    await client.connect();
    const result = await client.execute("SELECT release_version FROM system.local");
    return result.rowLength === 1;
  } finally {
    await client.shutdown();
  }
}
