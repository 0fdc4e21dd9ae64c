import { isHiddenFrom } from "#shared/store/shown.ts";
import type { MemberRow } from "#shared/store/store.ts";
import type { Change } from "./applied.ts";
import type { RoomState } from "./state.ts";

/** Whether a countable message of this sender never counts as unread for the member. */
export function isUncounted(member: MemberRow, senderId: string | null): boolean {
  return senderId === member.userId || isHiddenFrom(member, senderId);
}

/** A countable message was added: it does not count for those who block its sender. */
export function passOverBlockers(change: Change, senderId: string | null): void {
  const { members } = change.state;
  for (const userId of members.blockers) {
    const member = members.get(userId);
    if (member !== null && isHiddenFrom(member, senderId)) {
      change.setMember({ ...member, readCountable: member.readCountable + 1 });
    }
  }
}

/** The other of the two has blocked the user, who is not to learn it. */
export function isBlockedInDirect({ head, members }: RoomState, senderId: string | null): boolean {
  if (head.type !== "direct") return false;
  const blockers = [...members.blockers].map((userId) => members.get(userId));
  return blockers.some((member) => member?.role !== "observer" && isHiddenFrom(member, senderId));
}
