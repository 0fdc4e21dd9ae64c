import { AppError } from "#shared/errors/app-error.ts";
import { type CapabilityName, refusalOf } from "#shared/protocol/capabilities.ts";
import type { MemberRow, RoomHead } from "#shared/store/store.ts";

/**
 * Whether a member may do this in its room as both stand now.
 *
 * @throws AppError forbidden, read_only, room_closed, room_frozen, room_conflict: see the table.
 */
export function assertMay(
  capability: CapabilityName,
  {
    head,
    member,
  }: { readonly head: Pick<RoomHead, "type" | "state">; readonly member: Pick<MemberRow, "role"> },
): void {
  const refusal = refusalOf(capability, { type: head.type, state: head.state, role: member.role });
  if (refusal !== null) throw new AppError(refusal);
}
