import type { Kind, KindValue } from "./kinds.ts";
import { livekitOptions } from "./livekit-options.ts";
import { mediaOptions } from "./media-options.ts";
import { webhookOptions } from "./webhook-options.ts";

/** The programs that read options. */
export const programs = [
  "standalone",
  "cluster",
  "ingest",
  "gateway",
  "fanout",
  "webhooks",
  "calls",
] as const;
export type Program = (typeof programs)[number];

interface Option<K extends Kind = Kind> {
  /** The environment variable. */
  readonly name: `SENDSAR_${string}`;
  readonly kind: K;
  readonly doc: string;
  /** Programs that use it; the others accept and ignore it, so that one environment serves all. */
  readonly programs: readonly Program[];
  /** The value where it is not set. Secrets have none. */
  readonly default?: NoInfer<KindValue<K>>;
  /** Programs that refuse to start without it. */
  readonly requiredBy?: readonly Program[];
  /** The option that is to be set where this one is, as neither is of use alone. */
  readonly needs?: `SENDSAR_${string}`;
}

const option = <const O extends { kind: Kind }>(entry: O & Option<O["kind"]>): O => entry;

const services = ["ingest", "gateway", "fanout", "webhooks", "calls"] as const;
const distributed = ["cluster", ...services] as const;
const all = ["standalone", ...distributed] as const;
const http = ["standalone", "cluster", "ingest", "gateway", "calls"] as const;

/** Every option of the product, once: read by `parseConfig`, printed by `--help` and in the documentation. */
export const options = {
  port: option({
    name: "SENDSAR_PORT",
    kind: "port",
    default: 8080,
    programs: http,
    doc: "Where the API listens.",
  }),
  host: option({
    name: "SENDSAR_HOST",
    kind: "string",
    default: "127.0.0.1",
    programs: all,
    doc: "The address the API listens on; 0.0.0.0 for all.",
  }),
  adminPort: option({
    name: "SENDSAR_ADMIN_PORT",
    kind: "port",
    default: 0,
    programs: all,
    doc: "Where /metrics, /livez and /readyz are served; the ready file and the log name the port that was free.",
  }),
  adminHost: option({
    name: "SENDSAR_ADMIN_HOST",
    kind: "string",
    default: "127.0.0.1",
    programs: all,
    doc: "The address the admin port listens on. It asks for no credential: keep it inside.",
  }),
  dataDir: option({
    name: "SENDSAR_DATA_DIR",
    kind: "file",
    default: "./data",
    programs: ["standalone", "cluster"],
    doc: "Where the embedded engines and generated keys are kept.",
  }),
  readyFile: option({
    name: "SENDSAR_READY_FILE",
    kind: "file",
    programs: all,
    doc: "Written, as JSON, once everything is ready: URLs, process ids and, for the whole deployments, keys.",
  }),
  logLevel: option({
    name: "SENDSAR_LOG_LEVEL",
    kind: "log-level",
    default: "info",
    programs: all,
    doc: "The least level that is logged.",
  }),
  nodeId: option({
    name: "SENDSAR_NODE_ID",
    kind: "string",
    programs: all,
    doc: "This process's name, one for each: a process takes the place of one that died under its name. Made up where it is not set.",
  }),

  adminKey: option({
    name: "SENDSAR_ADMIN_KEY",
    kind: "secret",
    programs: ["standalone", "cluster", "ingest"],
    requiredBy: ["ingest"],
    doc: "The operator's key for /admin/v1. The standalone makes one and keeps it in its data folder.",
  }),
  internalKey: option({
    name: "SENDSAR_INTERNAL_KEY",
    kind: "secret",
    programs: ["cluster", "ingest", "gateway"],
    requiredBy: ["ingest", "gateway"],
    doc: "Shared by gateways and ingest nodes: what the one accepts from the other.",
  }),
  signingKeys: option({
    name: "SENDSAR_SIGNING_KEYS",
    kind: "secret",
    programs: ["standalone", "cluster", "ingest"],
    requiredBy: ["ingest"],
    doc: "Private JWK set (Ed25519) of session tokens: the first signs, all verify. The standalone makes one.",
  }),
  jwksUrl: option({
    name: "SENDSAR_JWKS_URL",
    kind: "url",
    programs: ["gateway", "calls"],
    requiredBy: ["gateway", "calls"],
    doc: "Where the public keys of session tokens are: an ingest node's /.well-known/jwks.json.",
  }),
  tokenIssuer: option({
    name: "SENDSAR_TOKEN_ISSUER",
    kind: "string",
    default: "sendsar",
    programs: http,
    doc: "`iss` of session tokens, the same on all nodes.",
  }),
  ingestUrls: option({
    name: "SENDSAR_INGEST_URL",
    kind: "list",
    programs: ["gateway"],
    requiredBy: ["gateway"],
    doc: "Base URLs of ingest nodes, or one of a balancer before them; or file:///… of a JSON array of them, which is followed as it changes.",
  }),
  trustProxy: option({
    name: "SENDSAR_TRUST_PROXY",
    kind: "cidr-list",
    programs: http,
    doc: "Proxies whose x-forwarded-for is believed when failed logins are counted per address.",
  }),

  kafkaBrokers: option({
    name: "SENDSAR_KAFKA_BROKERS",
    kind: "list",
    programs: distributed,
    requiredBy: services,
    doc: "host:port of Kafka's brokers. The cluster starts a container where it is not set.",
  }),
  kafkaTls: option({
    name: "SENDSAR_KAFKA_TLS",
    kind: "flag",
    default: false,
    programs: services,
    doc: "1: TLS to Kafka's brokers. Node's NODE_EXTRA_CA_CERTS names a CA of one's own.",
  }),
  kafkaSasl: option({
    name: "SENDSAR_KAFKA_SASL",
    kind: "sasl",
    default: "scram-sha-512",
    programs: services,
    doc: "How the login is made where a username is set. With plain the password is sent as it is: use TLS.",
  }),
  kafkaUsername: option({
    name: "SENDSAR_KAFKA_USERNAME",
    kind: "string",
    needs: "SENDSAR_KAFKA_PASSWORD",
    programs: services,
    doc: "Where Kafka asks for a login.",
  }),
  kafkaPassword: option({
    name: "SENDSAR_KAFKA_PASSWORD",
    kind: "secret",
    needs: "SENDSAR_KAFKA_USERNAME",
    programs: services,
    doc: "Where Kafka asks for a login.",
  }),
  kafkaReplication: option({
    name: "SENDSAR_KAFKA_REPLICATION",
    kind: "integer",
    programs: distributed,
    doc: "Copies of each topic that is made; from 3 on, two must have what is acknowledged. Else as the brokers are set.",
  }),
  topicPrefix: option({
    name: "SENDSAR_TOPIC_PREFIX",
    kind: "string",
    default: "sendsar.",
    programs: distributed,
    doc: "Set before every topic and group: several deployments on one Kafka.",
  }),
  partitions: option({
    name: "SENDSAR_PARTITIONS",
    kind: "integer",
    default: 16,
    programs: distributed,
    doc: "Partitions of commands, events, interest and signals. Fixed when a deployment is made.",
  }),
  inboxPartitions: option({
    name: "SENDSAR_INBOX_PARTITIONS",
    kind: "integer",
    default: 64,
    programs: distributed,
    doc: "Partitions of deliveries: about one per gateway and ingest node.",
  }),
  cassandraContactPoints: option({
    name: "SENDSAR_CASSANDRA_CONTACT_POINTS",
    kind: "list",
    programs: distributed,
    requiredBy: services,
    doc: "host or host:port of some Cassandra nodes. The cluster starts a container where it is not set.",
  }),
  cassandraKeyspace: option({
    name: "SENDSAR_CASSANDRA_KEYSPACE",
    kind: "string",
    default: "sendsar",
    programs: distributed,
    doc: "The keyspace of this deployment.",
  }),
  cassandraDatacenter: option({
    name: "SENDSAR_CASSANDRA_DATACENTER",
    kind: "string",
    default: "datacenter1",
    programs: distributed,
    doc: "The local data centre, for LOCAL_QUORUM.",
  }),
  cassandraReplication: option({
    name: "SENDSAR_CASSANDRA_REPLICATION",
    kind: "string",
    programs: ["cluster"],
    doc: "Copies of each row when the keyspace is made: 3, or eu:3,us:3. Read by the migration too.",
  }),
  cassandraUsername: option({
    name: "SENDSAR_CASSANDRA_USERNAME",
    kind: "string",
    programs: distributed,
    doc: "Where Cassandra asks for a login.",
  }),
  cassandraPassword: option({
    name: "SENDSAR_CASSANDRA_PASSWORD",
    kind: "secret",
    programs: distributed,
    doc: "Where Cassandra asks for a login.",
  }),
  noInstall: option({
    name: "SENDSAR_NO_INSTALL",
    kind: "flag",
    default: false,
    programs: ["cluster"],
    doc: "1: never install a container engine; fail where there is none.",
  }),

  rateUserSends: option({
    name: "SENDSAR_RATE_USER_SENDS",
    kind: "integer",
    default: 1_000,
    programs: ["standalone", "cluster", "ingest"],
    doc: "Messages a client may send in 10 s, per user and node. Past it: 429. Server keys are not counted here.",
  }),
  connectsPerSecond: option({
    name: "SENDSAR_CONNECTS_PER_SECOND",
    kind: "integer",
    default: 500,
    programs: ["standalone", "cluster", "gateway"],
    doc: "New sockets a gateway takes in 1 s. Past it they are told when to come back, and closed with 4003.",
  }),
  rateTenantRequests: option({
    name: "SENDSAR_RATE_TENANT_REQUESTS",
    kind: "integer",
    default: 50_000,
    programs: http,
    doc: "Requests and socket writes a tenant may make in 1 s, per node. Past it: 429.",
  }),
  rateConnectionFrames: option({
    name: "SENDSAR_RATE_CONNECTION_FRAMES",
    kind: "integer",
    default: 2_000,
    programs: http,
    doc: "Frames a client may send over one socket in 10 s. Past it: rate_limited, until the 10 s end.",
  }),
  rateAuthFailures: option({
    name: "SENDSAR_RATE_AUTH_FAILURES",
    kind: "integer",
    default: 500,
    programs: http,
    doc: "Requests without a good credential that an address may make in 1 s, per node. Past it: 429 for such.",
  }),

  ...webhookOptions,
  ...mediaOptions,
  ...livekitOptions,
} as const;

export type OptionKey = keyof typeof options;
export const optionList: readonly (Option & { readonly key: OptionKey })[] = Object.entries(options).map(
  ([key, entry]) => ({ ...(entry as Option), key: key as OptionKey }),
);
