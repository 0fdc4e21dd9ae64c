import type { Authority } from "#shared/auth/authority.ts";
import { assertMay } from "#shared/auth/may.ts";
import { AppError } from "#shared/errors/app-error.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";
import type { Store } from "#shared/store/store.ts";
import { assertFitsTenant } from "./content.ts";
import { isRepeat } from "./repeats.ts";

/**
 * Refuses a socket's message that its room's owner would refuse, before it is appended, so that the sender hears of it
 * at once. Only what the store says now counts for a refusal, and a repeat of what was sent before is never refused
 * here: it is answered with the original, whatever became of the room or the sender since.
 *
 * @throws AppError room_not_found, not_a_member, read_only, room_frozen, room_closed.
 */
export async function assertMaySend(
  { authority, store }: { authority: Pick<Authority, "membership" | "membershipNow">; store: Store },
  command: CreateMessage & { readonly actor: { readonly userId: string } },
): Promise<void> {
  const { tenantId, roomId, actor } = command;
  try {
    assertMay("message.send", await authority.membership(tenantId, roomId, actor.userId));
  } catch {
    try {
      assertMay("message.send", await authority.membershipNow(tenantId, roomId, actor.userId));
    } catch (refusal) {
      const found = refusal instanceof AppError && refusal.code !== "room_not_found";
      if (!found || !(await isRepeat(store, command))) throw refusal;
    }
  }
}

/**
 * That a new message is no larger than its tenant wants them. A repeat is not refused: it was as large as it may when it
 * was said.
 *
 * @throws AppError invalid_request.
 */
export async function assertNewFits(
  store: Pick<Store, "findMessages">,
  command: CreateMessage,
  settings: TenantSettings,
): Promise<void> {
  try {
    assertFitsTenant(command, settings);
  } catch (refusal) {
    if (!(await isRepeat(store, command))) throw refusal;
  }
}
