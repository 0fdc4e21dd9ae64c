import { isDeepStrictEqual } from "node:util";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import type { Actor, TellProfile } from "#shared/protocol/commands.ts";
import type { Profile, User } from "#shared/protocol/resources.ts";
import { profileOf } from "#shared/store/shown.ts";
import type { Store } from "#shared/store/store.ts";

interface ProfilesDeps {
  readonly store: Pick<Store, "getUser" | "listOpenRooms" | "upsertUser">;
  readonly commands: Pick<Commands, "append">;
  readonly clock: Clock;
}

const nobody: Profile = { displayName: null, avatarUrl: null, custom: null };

/** What users are called: kept, and told in the rooms that they are in, which are `userOpenRoomsMax` at most. */
export class Profiles {
  readonly #deps: ProfilesDeps;

  constructor(deps: ProfilesDeps) {
    this.#deps = deps;
  }

  /** Profiles change seldom, and most calls say what is known: those only read. */
  async set(tenantId: string, userId: string, change: Partial<Profile>): Promise<User> {
    const { store, clock, commands } = this.#deps;
    const known = await store.getUser(tenantId, userId);
    if (known !== null && isDeepStrictEqual({ ...known, ...change }, known)) return known;
    const at = rfc3339(clock.nowMs());
    const rooms = await store.listOpenRooms(tenantId, userId);
    const actor: Actor = { kind: "server", userId: null };
    const profile = profileOf({ ...(known ?? nobody), ...change });
    const place = { v: 1, tenantId, at, actor, userId, profile } as const;
    // Told before it is kept: whoever calls again after a failure tells it again, and not nobody.
    await commands.append(rooms.map((roomId): TellProfile => ({ ...place, type: "member.profile", roomId })));
    return store.upsertUser(tenantId, userId, { ...change, at });
  }
}
