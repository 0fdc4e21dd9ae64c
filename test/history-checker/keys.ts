interface RoomName {
  readonly tenantId: string;
  readonly roomId: string;
}

/** No id holds a newline. */
export function roomKey({ tenantId, roomId }: RoomName): string {
  return `${tenantId}\n${roomId}`;
}

/** What must be one message, however often it is sent. */
export function sendKey(
  of: RoomName & { readonly senderId: string | null; readonly clientId: string | null },
): string {
  return `${roomKey(of)}\n${of.senderId ?? ""}\n${of.clientId ?? ""}`;
}

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
