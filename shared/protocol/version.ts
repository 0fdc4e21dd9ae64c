/**
 * The wire, version by version: the hash of all its schemas. Append-only: a line that was released is never
 * changed, as nodes and clients of different versions meet while a deployment is rolled.
 */
export const wireHashes = ["TsjuXefza6htGYYc"] as const;

/** The version of everything that is sent between nodes, clients and servers. */
export const wireVersion = wireHashes.length;
