import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { CapabilityName } from "#shared/protocol/capabilities.ts";
import type {
  AcceptCall,
  CallCommand,
  CancelCall,
  ConnectedCall,
  DeclineCall,
  EndCall,
  LeaveCall,
  StartCall,
} from "#shared/protocol/commands.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { isHiddenFrom } from "#shared/store/shown.ts";
import { type Applied, Change, type Context, refused, unchanged } from "./applied.ts";
import { changeCall, changeRunning, tellStart } from "./call-change.ts";
import { type CallInput, startedCall } from "./call-machine.ts";
import { isBlockedInDirect } from "./counting.ts";
import { deny } from "./deny.ts";
import { contactRefusal, screenCall } from "./masking.ts";
import type { RoomState } from "./state.ts";

/**
 * A room has one call at a time. Who calls while there is one is in that by it: so two who call each other at the same
 * moment meet, and all ids that were named lead to the one call.
 */
export function startCall(state: RoomState, command: StartCall, context: Context): Applied {
  const denied = denyCaller(state, command, "call.start");
  if (denied !== null) return denied;
  const userId = command.actor.userId ?? "";
  const { callId } = command;
  const known = callNamed(state, callId, context);
  if (known !== null && known.call.state === "ended") {
    return unchanged(state, { kind: "existing", resource: known.call });
  }
  if (isBlockedInDirect(state, userId) || blocksOther(state, userId)) {
    return refused(state, "forbidden", "You cannot call in this room.");
  }
  const { call: running } = state.head;
  if (running !== null) return join(state, command, running, { context, names: known === null });

  const screened = screenCall(state, command);
  if (screened?.isRefused) return refused(state, "contact_details_refused", contactRefusal);
  const rung = whomToRing(state, command);
  if (typeof rung === "string") return refused(state, "invalid_request", rung);
  const change = new Change(state, context.position, command.at);
  const row = startedCall({
    number: state.head.callNumber + 1,
    callId,
    roomId: state.head.roomId,
    kind: command.kind,
    region: command.region,
    custom: screened === null ? (command.custom ?? null) : screened.custom,
    startedBy: participant(state, userId),
    rung: rung.map((id) => participant(state, id)),
    ringSeconds: command.ringSeconds,
    leavesMessage: command.leavesMessage,
    isGroup: state.head.type === "group",
    at: change.at,
  });
  change.nameCall(callId, row.number);
  const busy = rung.filter((id) => command.busy.includes(id));
  tellStart(
    change,
    row,
    rung.filter((id) => !busy.includes(id)),
  );
  // They answer by being in another call; where all do, so the call ends.
  for (const id of busy) changeRunning(change, { type: "decline", userId: id, busy: true }, id);
  return change.done({ kind: "created", resource: callNow(change) ?? row.call });
}

export function acceptCall(state: RoomState, command: AcceptCall, context: Context): Applied {
  return inCall(state, command, context, "call.join", (row) =>
    join(state, command, row, { context, names: false }),
  );
}

export function declineCall(state: RoomState, command: DeclineCall, context: Context): Applied {
  const { busy } = command;
  return inCall(state, command, context, "call.join", (row) =>
    step(state, command, row, { type: "decline", userId: command.actor.userId ?? "", busy }, context),
  );
}

export function cancelCall(state: RoomState, command: CancelCall, context: Context): Applied {
  return inCall(state, command, context, "call.join", (row) => {
    if (row.call.startedBy !== command.actor.userId) {
      return refused(state, "forbidden", "Only who began a call gives it up.");
    }
    return step(state, command, row, { type: "cancel" }, context);
  });
}

export function leaveCall(state: RoomState, command: LeaveCall, context: Context): Applied {
  const { lost = false } = command;
  return inCall(state, command, context, "call.join", (row) =>
    step(state, command, row, { type: "leave", userId: command.actor.userId ?? "", lost }, context),
  );
}

/** LiveKit's word about one who is in the call. */
export function connectedCall(state: RoomState, command: ConnectedCall, context: Context): Applied {
  const { actor, connectedAt, published } = command;
  if (actor.kind !== "server") return refused(state, "forbidden");
  const input = { type: "connected", userId: actor.userId ?? "", connectedAt, published } as const;
  return inCall(state, command, context, "call.join", (row) => step(state, command, row, input, context));
}

export function endCall(state: RoomState, command: EndCall, context: Context): Applied {
  const { actor, failed } = command;
  if (failed && actor.kind !== "server") {
    return refused(state, "forbidden", "Only a server says that a call has failed.");
  }
  const named = callNamed(state, command.callId, context);
  const isOwn = named !== null && named.call.startedBy === actor.userId;
  const denied = deny(state, command, isOwn ? "call.join" : "call.end");
  if (denied !== null) return denied;
  return running(state, named) ?? step(state, command, must(named), { type: "end", failed }, context);
}

/** One who may, in a call that runs. */
function inCall(
  state: RoomState,
  command: CallCommand,
  context: Context,
  capability: CapabilityName,
  act: (row: CallRow) => Applied,
): Applied {
  const denied = denyCaller(state, command, capability);
  if (denied !== null) return denied;
  const named = callNamed(state, command.callId, context);
  return running(state, named) ?? act(must(named));
}

function running(state: RoomState, row: CallRow | null): Applied | null {
  if (row === null) return refused(state, "call_not_found");
  return row.call.state === "ended" ? refused(state, "call_ended") : null;
}

function join(
  state: RoomState,
  command: CallCommand,
  row: CallRow,
  { context, names }: { readonly context: Context; readonly names: boolean },
): Applied {
  const userId = command.actor.userId ?? "";
  const isIn = row.call.participants.some((one) => one.userId === userId && one.state === "joined");
  if (names && isIn) return refused(state, "call_conflict", "The user is in the room's call.");
  const input: CallInput = { type: "join", ...participant(state, userId) };
  return step(state, command, row, input, context, names);
}

function step(
  state: RoomState,
  command: CallCommand,
  row: CallRow,
  input: CallInput,
  { position }: Context,
  names = false,
): Applied {
  const change = new Change(state, position, command.at);
  const refusal = changeCall(change, row, input, command.actor.userId);
  if (refusal !== null) return refused(state, refusal.code, refusal.message);
  const resource = callNow(change) ?? row.call;
  if (change.state === state) return unchanged(state, { kind: "existing", resource });
  if (names) change.nameCall(command.callId, row.number);
  return change.done({ kind: command.type === "call.start" ? "existing" : "applied", resource });
}

/** The call that the command was about, as it has become. */
function callNow(change: Change): Call | undefined {
  return (change.calls.at(-1) ?? change.state.head.call)?.call;
}

/** By any of its ids. */
export function callNamed({ head }: RoomState, callId: string, context: Context): CallRow | null {
  return head.call?.call.callId === callId ? head.call : context.callOf(callId);
}

/** Calls are between members that are seen, in a room that is open; servers call for one of them. */
function denyCaller(state: RoomState, command: CallCommand, capability: CapabilityName): Applied | null {
  const denied = deny(state, command, capability);
  if (denied !== null) return denied;
  const { userId } = command.actor;
  const member = userId === null ? null : state.members.get(userId);
  if (member === null) return refused(state, "not_a_member");
  if (member.role === "observer") return refused(state, "forbidden", "Observers are in no call.");
  if (state.head.state === "open") return null;
  return refused(state, state.head.state === "closed" ? "room_closed" : "room_frozen");
}

/** Those whom a call rings, or what is wrong with what was asked. Nobody is rung whom the caller blocks, or by whom it is. */
function whomToRing(state: RoomState, { actor, invite }: StartCall): string | string[] {
  const { head, members } = state;
  const caller = members.get(actor.userId ?? "");
  const isOther = (userId: string) => {
    const member = members.get(userId);
    return member !== null && member.role !== "observer" && userId !== actor.userId;
  };
  if (head.type === "direct" || invite === undefined) {
    // One more than may be rung, so that a large room is not walked through.
    const others: string[] = [];
    for (const { userId } of members) if (isOther(userId)) others.push(userId);
    if (others.length > limits.callRungMembersMax) return [];
    return others.filter((userId) => mayRing(state, caller?.userId ?? "", userId)).sort();
  }
  const stranger = invite.find((userId) => !isOther(userId));
  if (stranger !== undefined) return `${stranger} is to be rung and is no other member of the room.`;
  return invite.filter((userId) => mayRing(state, caller?.userId ?? "", userId));
}

function mayRing({ members }: RoomState, from: string, to: string): boolean {
  return !isHiddenFrom(members.get(from), to) && !isHiddenFrom(members.get(to), from);
}

/** The caller has blocked the other of the two. */
function blocksOther({ head, members }: RoomState, userId: string): boolean {
  if (head.type !== "direct") return false;
  const caller = members.get(userId);
  return [...members].some((other) => other.role !== "observer" && isHiddenFrom(caller, other.userId));
}

function participant({ tenantId }: RoomState, userId: string) {
  return { userId, identity: callIdentityOf(tenantId, userId) };
}

function must(row: CallRow | null): CallRow {
  if (row === null) throw new Error("a call that runs is there");
  return row;
}
