import { type Clock, rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Actor, JoinSettings, RoomCommand, SetMember } from "#shared/protocol/commands.ts";
import type { Store } from "#shared/store/store.ts";
import { defaultUserSettings, type Privacy, type UserSettings } from "#shared/store/user-settings.ts";

export interface Owner {
  readonly tenantId: string;
  readonly userId: string;
}

type SettingsStore = Pick<Store, "listOpenRooms" | "readUserSettings" | "setPrivacy" | "setBlocked">;

/**
 * What users want for themselves, on its way to the rooms that must know of it. It is kept first, then told to the rooms
 * that the user is in, and whoever comes to a room brings it along: so a repeat of a call that failed makes it whole.
 */
export class OwnSettings {
  readonly #store: SettingsStore;
  readonly #clock: Clock;

  constructor(deps: { store: SettingsStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** @returns what the user's rooms must be told. */
  async setPrivacy(owner: Owner, actor: Actor, change: Partial<Privacy>): Promise<RoomCommand[]> {
    if (Object.keys(change).length === 0) {
      const details = [{ path: "/", message: "must have receipts or presence" }];
      throw new AppError("invalid_request", undefined, { details });
    }
    await this.#store.setPrivacy(owner.tenantId, owner.userId, change);
    const { receipts } = change;
    return this.#toRooms(owner, actor, receipts === undefined ? {} : { receipts });
  }

  /** @returns what the user's rooms must be told. @throws AppError invalid_request, too_many_blocks. */
  async setBlocked(owner: Owner, actor: Actor, otherId: string, isBlocked: boolean): Promise<RoomCommand[]> {
    const { tenantId, userId } = owner;
    if (otherId === userId) {
      const details = [{ path: "/blockedId", message: "is the user itself" }];
      throw new AppError("invalid_request", undefined, { details });
    }
    const [settings = defaultUserSettings] = await this.#store.readUserSettings(tenantId, [userId]);
    const isNew = isBlocked && !settings.blocked.includes(otherId);
    if (isNew && settings.blocked.length >= limits.userBlocksMax) throw new AppError("too_many_blocks");
    await this.#store.setBlocked(tenantId, userId, otherId, isBlocked);
    return this.#toRooms(owner, actor, isBlocked ? { block: [otherId] } : { unblock: [otherId] });
  }

  /**
   * Lets users into a room with what they want for themselves. Where that changed while they were let in, the room may
   * not have been among those that were told, so it is told once they are.
   *
   * @param tell appends.
   */
  async letIn<T>(
    place: { readonly tenantId: string; readonly roomId: string },
    userIds: readonly string[],
    apply: (settings: Record<string, JoinSettings>) => Promise<T>,
    tell: (commands: readonly RoomCommand[]) => Promise<void>,
  ): Promise<T> {
    const { tenantId, roomId } = place;
    const before = await this.#store.readUserSettings(tenantId, userIds);
    const settings = userIds.flatMap((userId, i): [string, JoinSettings][] => {
      const own = before[i] ?? defaultUserSettings;
      const { receipts, blocked } = own;
      return receipts && blocked.length === 0 ? [] : [[userId, { receipts, blocked: [...blocked] }]];
    });
    const result = await apply(Object.fromEntries(settings));
    const after = await this.#store.readUserSettings(tenantId, userIds);
    await tell(
      userIds.flatMap((userId, i) => {
        const change = changeOf(before[i] ?? defaultUserSettings, after[i] ?? defaultUserSettings);
        const actor = { kind: "server", userId } as const;
        return change === null ? [] : [this.#command({ tenantId, userId }, roomId, actor, change)];
      }),
    );
    return result;
  }

  async #toRooms(owner: Owner, actor: Actor, change: Change): Promise<RoomCommand[]> {
    const rooms = await this.#store.listOpenRooms(owner.tenantId, owner.userId);
    return rooms.map((roomId) => this.#command(owner, roomId, actor, change));
  }

  #command({ tenantId, userId }: Owner, roomId: string, actor: Actor, change: Change): SetMember {
    const at = rfc3339(this.#clock.nowMs());
    return { v: 1, type: "member.settings", tenantId, roomId, at, actor, userId, ...change };
  }
}

type Change = Pick<SetMember, "receipts" | "block" | "unblock">;

function changeOf(before: UserSettings, after: UserSettings): Change | null {
  const block = after.blocked.filter((id) => !before.blocked.includes(id));
  const unblock = before.blocked.filter((id) => !after.blocked.includes(id));
  const isSame = before.receipts === after.receipts && block.length + unblock.length === 0;
  return isSame ? null : { receipts: after.receipts, block, unblock };
}
