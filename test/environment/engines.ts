import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import type {} from "./global-setup.ts";

export type TestEngines = {
  kafkaBrokers: string[];
  cassandraContactPoints: string[];
  /** What drivers want to be told; a node alone has this one. */
  cassandraDataCenter: string;
  /** `host:port` of LiveKit; its key is that of `infra/engines/livekit.ts`. */
  livekitAddress: string;
};

/** The engines of this run. They are shared: keep to topics and keyspaces of your own `uniqueName`. */
export function engines(): TestEngines {
  return {
    kafkaBrokers: inject("kafkaBrokers"),
    cassandraContactPoints: inject("cassandraContactPoints"),
    cassandraDataCenter: "datacenter1",
    livekitAddress: inject("livekitAddress"),
  };
}

/**
 * A name no other test has, fit for a topic, a group and, unquoted, a keyspace: lower-case
 * letters, digits and `_`, at most 48 characters, which is Cassandra's limit.
 */
export function uniqueName(prefix: string): string {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(prefix)) {
    throw new Error(
      `\`${prefix}\` must be lower-case letters, digits and _, a letter first, at most 31 long.`,
    );
  }
  return `${prefix}_${randomBytes(8).toString("hex")}`;
}
