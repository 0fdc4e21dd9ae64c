/**
 * The LiveKit room of a call. Tenants share the LiveKit server and never a room: neither id holds the slash, so no two
 * pairs of ids have one name.
 */
export function livekitRoomOf(tenantId: string, callId: string): string {
  return `${tenantId}/${callId}`;
}

/** null: the room is none of ours. */
export function callOfLivekitRoom(
  name: string,
): { readonly tenantId: string; readonly callId: string } | null {
  const [tenantId, callId, ...rest] = name.split("/");
  return tenantId && callId && rest.length === 0 ? { tenantId, callId } : null;
}
