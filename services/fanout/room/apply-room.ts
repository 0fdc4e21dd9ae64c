import { isDeepStrictEqual } from "node:util";
import type { CapabilityName } from "#shared/protocol/capabilities.ts";
import type { DeleteRoom, JoinSettings, PatchRoom, PutRoom } from "#shared/protocol/commands.ts";
import type { RoomHead } from "#shared/store/store.ts";
import { type Applied, Change, refused, unchanged } from "./applied.ts";
import { newMember, refuseRole, setMember } from "./apply-member.ts";
import { endRunningCall } from "./call-change.ts";
import { deny } from "./deny.ts";
import { contactRefusal, screenWord } from "./masking.ts";
import { Members } from "./members.ts";
import { moveTo } from "./move.ts";
import { type RoomState, roomResource } from "./state.ts";

/** Makes a room, or brings it to this form. Members named are added or get this role; none is removed. */
export function putRoom(state: RoomState | null, command: PutRoom, position: number): Applied {
  if (state === null) return createRoom(command, position);
  if (state.head.deleted)
    return refused(state, "room_conflict", "This room was deleted; its id cannot be used again.");
  if (state.head.type !== command.roomType) {
    return refused(state, "room_conflict", `This room exists and is of type ${state.head.type}.`);
  }
  const { members } = state;
  const given = command.members.map((member) => {
    return { ...member, role: member.role ?? members.get(member.userId)?.role ?? "member" };
  });
  for (const member of given) {
    const refusal = refuseRole(state, member, command.actor);
    if (refusal !== null) return refusal;
  }
  const change = new Change(state, position, command.at);
  updateFields(change, command);
  for (const member of given) setMember(change, member, command);
  return change.done({ kind: "existing", resource: roomResource(change.state, command.actor.userId) });
}

const capabilityOf = { open: "room.reopen", frozen: "room.freeze", closed: "room.close" } as const;

export function patchRoom(state: RoomState, command: PatchRoom, position: number): Applied {
  for (const capability of wanted(state, command)) {
    const denied = deny(state, command, capability);
    if (denied !== null) return denied;
  }
  const found = command.name == null ? null : screenWord(state, command, command.name);
  if (found?.isRefused) return refused(state, "contact_details_refused", contactRefusal);
  const change = new Change(state, position, command.at);
  const actorId = command.actor.userId;
  // A room that opens has left its old times behind before it is given new ones.
  const to = command.state === state.head.state ? undefined : command.state;
  if (to === "open") moveTo(change, to, actorId);
  updateFields(change, found === null ? command : { ...command, name: found.text });
  if (to !== undefined && to !== "open") moveTo(change, to, actorId);
  return change.done({ kind: "applied", resource: roomResource(change.state, command.actor.userId) });
}

/** What it takes to ask for this. From closed to frozen a room is opened again, if not for all. */
function wanted({ head }: RoomState, command: PatchRoom): CapabilityName[] {
  const { name, custom, freezeAt, closeAt, state } = command;
  const updates =
    [name, custom, freezeAt, closeAt].some((field) => field !== undefined) || state === head.state;
  const move = state === "frozen" && head.state === "closed" ? "open" : state;
  return [
    ...(updates ? (["room.update"] as const) : []),
    ...(move === undefined || state === head.state ? [] : [capabilityOf[move]]),
  ];
}

/** A deleted room keeps its place, so that its id is not used again and its log has an end. */
export function deleteRoom(state: RoomState, command: DeleteRoom, position: number): Applied {
  const isAnother = command.closedAt !== undefined && command.closedAt !== state.head.closedAt;
  if (isAnother) return unchanged(state, { kind: "existing", resource: null });
  const change = new Change(state, position, command.at);
  endRunningCall(change, command.actor.userId);
  change.setHead({ deleted: true });
  change.addEvent({ type: "room.deleted", actorId: command.actor.userId });
  return change.done({ kind: "applied", resource: null });
}

function createRoom(command: PutRoom, position: number): Applied {
  const { tenantId, roomId, at } = command;
  const members = command.members.map(({ userId, role = "member", custom = null }) => {
    return { userId, role, custom };
  });
  const seen = members.filter(({ role }) => role !== "observer");
  if (command.roomType === "direct" && seen.length !== 2) {
    return refused(null, "room_conflict", "A direct room has exactly two members.");
  }
  const head: RoomHead = {
    roomId,
    type: command.roomType,
    name: command.name ?? null,
    custom: command.custom ?? null,
    state: "open",
    deleted: false,
    freezeAt: command.freezeAt ?? null,
    closeAt: command.closeAt ?? null,
    closedAt: null,
    createdAt: at,
    updatedAt: at,
    seq: 0,
    number: 0,
    memberCount: 0,
    countable: 0,
    lastMessage: null,
    pinned: [],
    call: null,
    callNumber: 0,
    position,
  };
  const change = new Change({ tenantId, head, members: Members.of([]) }, position, at);
  for (const member of members) {
    change.setMember(newMember(change, member, 1, concerning(command, command.settings?.[member.userId])));
  }
  const { type: roomType, name, custom, freezeAt, closeAt } = head;
  change.addEvent({
    type: "room.created",
    roomType,
    name,
    custom,
    freezeAt,
    closeAt,
    actorId: command.actor.userId,
    members: seen.map(({ userId, role }) => ({ userId, role })),
  });
  return change.done({ kind: "created", resource: roomResource(change.state, command.actor.userId) });
}

/** Sets those of name, custom and the times that are given and differ, and says so in one event. */
function updateFields(change: Change, command: PutRoom | PatchRoom): void {
  const { head } = change.state;
  const given = {
    name: command.name === undefined ? head.name : command.name,
    custom: command.custom === undefined ? head.custom : command.custom,
    freezeAt: command.freezeAt === undefined ? head.freezeAt : command.freezeAt,
    closeAt: command.closeAt === undefined ? head.closeAt : command.closeAt,
  };
  const { name, custom, freezeAt, closeAt } = head;
  if (isDeepStrictEqual(given, { name, custom, freezeAt, closeAt })) return;
  change.setHead(given);
  change.addEvent({ type: "room.updated", roomType: head.type, ...given, actorId: command.actor.userId });
}

/** In a direct room nobody comes later: whom else a member blocks is not the room's to know. */
function concerning({ roomType, members }: PutRoom, settings: JoinSettings | undefined) {
  if (roomType !== "direct" || settings === undefined) return settings;
  const blocked = settings.blocked.filter((id) => members.some(({ userId }) => userId === id));
  return { ...settings, blocked };
}
