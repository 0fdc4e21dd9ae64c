import type { TellProfile } from "#shared/protocol/commands.ts";
import { type Applied, type Notice, refused, unchanged } from "./applied.ts";
import type { RoomState } from "./state.ts";

/** Nothing of the room changes: whoever is there is told what a member is called now. */
export function tellProfile(state: RoomState, command: TellProfile): Applied {
  const notice = profileNotice(state, command);
  if (notice === null) return refused(state, "not_a_member");
  return { ...unchanged(state, { kind: "existing", resource: null }), notice };
}

/** Nobody but itself hears of an observer. */
export function profileNotice(
  { tenantId, head, members }: RoomState,
  { userId, profile, at }: TellProfile,
): Notice | null {
  const member = members.get(userId);
  if (member === null) return null;
  const event = { type: "user.updated", tenantId, roomId: head.roomId, at, userId, ...profile } as const;
  return { type: "transient", to: member.role === "observer" ? "user" : "room", event };
}
