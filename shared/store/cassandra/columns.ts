import type { types } from "cassandra-driver";

/** A bigint column: the driver's Long, here always a safe integer. */
export function toNumber(column: unknown): number {
  return (column as types.Long).toNumber();
}
