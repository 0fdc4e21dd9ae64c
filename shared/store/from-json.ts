/** The value of a JSON column, as it was written. */
export function fromJson<T>(column: unknown): T {
  return JSON.parse(String(column)) as T;
}
