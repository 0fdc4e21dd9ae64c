import type { MessageRow } from "#shared/store/store.ts";

/** All reactions to a message, those beyond the users that it shows included. */
export function reactionsOf({ message, moreReactions }: MessageRow): { key: string; userId: string }[] {
  return Object.entries(message.reactions).flatMap(([key, { userIds }]) =>
    [...userIds, ...(moreReactions?.[key] ?? [])].map((userId) => ({ key, userId })),
  );
}
