import { parseArgs } from "node:util";
import { migrateCassandra } from "./migrate.ts";
import { parseReplication } from "./replication.ts";

/**
 * The command that prepares Cassandra for a release:
 *
 *     node shared/store/cassandra/migrate-main.ts --contact-points cassandra:9042 --replication 3
 *
 * Every option can also be given as SENDSAR_CASSANDRA_… in the environment.
 */
const { values } = parseArgs({
  options: {
    "contact-points": { type: "string", default: process.env.SENDSAR_CASSANDRA_CONTACT_POINTS },
    datacenter: { type: "string", default: process.env.SENDSAR_CASSANDRA_DATACENTER ?? "datacenter1" },
    keyspace: { type: "string", default: process.env.SENDSAR_CASSANDRA_KEYSPACE ?? "sendsar" },
    replication: { type: "string", default: process.env.SENDSAR_CASSANDRA_REPLICATION ?? "3" },
    username: { type: "string", default: process.env.SENDSAR_CASSANDRA_USERNAME },
  },
});
// Not an option: the arguments of a process are there for everybody to see.
const password = process.env.SENDSAR_CASSANDRA_PASSWORD;

try {
  if (values["contact-points"] === undefined) {
    throw new Error(
      "Give --contact-points or SENDSAR_CASSANDRA_CONTACT_POINTS: host:port, separated by commas.",
    );
  }
  await migrateCassandra({
    contactPoints: values["contact-points"].split(","),
    localDataCenter: values.datacenter,
    keyspace: values.keyspace,
    replication: parseReplication(values.replication, values.datacenter),
    ...(values.username === undefined || password === undefined
      ? {}
      : { credentials: { username: values.username, password } }),
    report: (line) => console.log(line),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
