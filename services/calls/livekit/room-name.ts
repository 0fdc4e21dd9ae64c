/**
 * The LiveKit room of a call. Tenants share the LiveKit server and never a room: neither id holds the slash, so no two
 * pairs of ids have one name.
 */
export function livekitRoomOf(tenantId: string, callId: string): string {
  return `${tenantId}/${callId}`;
}
