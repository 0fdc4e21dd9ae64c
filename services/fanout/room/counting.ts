import type { MemberRow } from "#shared/store/store.ts";

/** Whether a countable message of this sender never counts as unread for the member. */
export function isUncounted(member: MemberRow, senderId: string | null): boolean {
  return senderId === member.userId;
}
