import type { User } from "#shared/protocol/resources.ts";
import type { ProfileChange } from "./store.ts";

/** A profile after a change: what was not given stays as it was. */
export function changedProfile(existing: User | null, userId: string, change: ProfileChange): User {
  const before = existing ?? { displayName: null, avatarUrl: null, custom: null, createdAt: change.at };
  return {
    userId,
    displayName: change.displayName === undefined ? before.displayName : change.displayName,
    avatarUrl: change.avatarUrl === undefined ? before.avatarUrl : change.avatarUrl,
    custom: change.custom === undefined ? before.custom : change.custom,
    createdAt: before.createdAt,
    updatedAt: change.at,
  };
}
