import { type CapabilityName, refusalOf } from "#shared/protocol/capabilities.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { type Applied, refused } from "./applied.ts";
import type { RoomState } from "./state.ts";

/** Refuses what the table does not let a client do; null: it may. Servers may do all in the rooms of their tenant. */
export function deny(state: RoomState, command: RoomCommand, capability: CapabilityName): Applied | null {
  const { actor } = command;
  if (actor.kind === "server") return null;
  const member = actor.userId === null ? null : state.members.get(actor.userId);
  if (member === null) return refused(state, "not_a_member");
  const { type, state: lifecycle } = state.head;
  const refusal = refusalOf(capability, { type, state: lifecycle, role: member.role });
  if (refusal === null) return null;
  return refused(
    state,
    refusal,
    refusal === "forbidden" ? `It takes another role in the room: ${capability}.` : undefined,
  );
}
