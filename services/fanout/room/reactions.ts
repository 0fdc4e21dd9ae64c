import { limits } from "#shared/limits.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { MessageRow } from "#shared/store/store.ts";

type Reactions = Message["reactions"];
type Reacted = Pick<MessageRow, "message" | "moreReactions">;

/** Who reacted with a key, in the order in which they came. */
export function reactedBy({ message, moreReactions }: Reacted, key: string): readonly string[] {
  return [...(ownOf(message.reactions, key)?.userIds ?? []), ...(ownOf(moreReactions ?? {}, key) ?? [])];
}

/** The keys that a user reacted with. */
export function keysOf(row: Reacted, userId: string): string[] {
  return Object.keys(row.message.reactions).filter((key) => reactedBy(row, key).includes(userId));
}

export function withReaction(row: Reacted, key: string, userId: string): Reacted {
  return withUsers(row, key, [...reactedBy(row, key), userId]);
}

export function withoutReaction(row: Reacted, key: string, userId: string): Reacted {
  const users = reactedBy(row, key).filter((other) => other !== userId);
  return withUsers(row, key, users);
}

/** The message shows the first of them; the others are kept beside it. */
function withUsers({ message, moreReactions }: Reacted, key: string, users: readonly string[]): Reacted {
  const shown = users.slice(0, limits.reactionUsersShownMax);
  const more = users.slice(limits.reactionUsersShownMax);
  const { [key]: _shown, ...otherReactions } = message.reactions;
  const { [key]: _more, ...otherMore } = moreReactions ?? {};
  // A key keeps its place while it lasts.
  const reactions: Reactions =
    users.length === 0
      ? otherReactions
      : { ...message.reactions, [key]: { count: users.length, userIds: shown } };
  const kept = more.length === 0 ? otherMore : { ...otherMore, [key]: more };
  return {
    message: { ...message, reactions },
    moreReactions: Object.keys(kept).length === 0 ? null : kept,
  };
}

/** Keys are the customer's words: one may be the name of something that every object has. */
function ownOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
