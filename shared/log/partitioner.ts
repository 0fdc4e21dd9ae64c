import { hash } from "node:crypto";

/**
 * The one pinned partitioner. Every writer of `commands`, `events`, `interest` and `signals` uses it, so that a room
 * is in the same partition of all four; a client library's default would differ between languages and versions.
 * Changing it loses the order of every room: golden vectors in the test beside this file hold it still.
 */
export function partitionOf(tenantId: string, id: string, partitions: number): number {
  // The standalone has one, and asks several times for each message.
  if (partitions === 1) return 0;
  return hash("sha1", `${tenantId}/${id}`, "buffer").readUInt32BE(0) % partitions;
}
