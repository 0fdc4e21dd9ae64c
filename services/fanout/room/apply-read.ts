import type { ReadRoom } from "#shared/protocol/commands.ts";
import { memberResource } from "#shared/store/shown.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import type { RoomState } from "./state.ts";

/** Moves a member's marker forward; a marker beyond the newest message stands at the newest. */
export function readRoom(state: RoomState, command: ReadRoom, context: Context): Applied {
  const member = state.members.get(command.userId);
  if (member === null) return refused(state, "not_a_member");
  const { head } = state;
  const number = Math.min(command.number, head.number);
  if (number <= member.readNumber) {
    return unchanged(state, { kind: "existing", resource: memberResource(member) });
  }
  const readCountable = number === head.number ? head.countable : context.countableAt(number);
  const moved = {
    ...member,
    readNumber: number,
    readCountable: Math.max(readCountable, member.readCountable),
  };

  const change = new Change(state, context.position, command.at);
  change.setMember(moved);
  const { tenantId } = state;
  return change.done(
    { kind: "applied", resource: memberResource(moved) },
    {
      event: {
        type: "receipt.read",
        tenantId,
        roomId: head.roomId,
        at: change.at,
        userId: member.userId,
        number,
      },
      readCountable: moved.readCountable,
    },
  );
}
