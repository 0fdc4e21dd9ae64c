import { changedMessage, toMessage } from "./message.ts";
import type {
  DurableEvent,
  ReceiptReadEvent,
  ReceiptUnreadEvent,
  RoomSummary,
  TransientEvent,
} from "./wire.ts";

/** One of the user's rooms, as of the newest event the client knows of. */
export type Room = Readonly<RoomSummary>;

/** The user's rooms: set by each handshake, kept by the events between. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #closedRoomsMax: number;

  constructor(closedRoomsMax: number) {
    this.#closedRoomsMax = closedRoomsMax;
  }

  get all(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  reset(rooms: readonly Room[]): void {
    this.#rooms.clear();
    for (const room of rooms) this.#rooms.set(room.roomId, room);
  }

  put(room: Room): void {
    this.#rooms.set(room.roomId, room);
  }

  /** A room that was looked up. False: it is older than what events have said since. */
  found(room: Room): boolean {
    if (room.seq < (this.#rooms.get(room.roomId)?.seq ?? 0)) return false;
    this.put(room);
    return true;
  }

  /**
   * Events that a handshake has already counted in change nothing.
   *
   * @returns false when the event is of a room that is not known, and does not say enough of it.
   */
  apply(event: DurableEvent, userId: string): boolean {
    const room = this.#rooms.get(event.roomId);
    if (event.type === "member.removed" && event.userId === userId) {
      return !room || event.seq <= room.seq || this.#rooms.delete(event.roomId);
    }
    if (!room) {
      if (event.type === "room.deleted") return true;
      if (event.type !== "room.created") return false;
      const created = fromCreation(event, userId);
      if (created) this.put(created);
      return created !== null;
    }
    if (event.seq <= room.seq) return true;
    const changes = changesOf(event, room, userId);
    const may = "capabilities" in event ? { capabilities: event.capabilities } : {};
    if (changes === null) this.#rooms.delete(event.roomId);
    else this.put({ ...room, ...changes, ...may, seq: event.seq });
    if (event.type === "room.closed") this.#boundClosed();
    return true;
  }

  get unreadTotal(): number {
    let total = 0;
    for (const { state, muted, unread } of this.#rooms.values()) {
      if (state !== "closed" && !muted) total += unread;
    }
    return total;
  }

  /** What is not counted among a room's events. */
  heard(event: TransientEvent, userId: string): void {
    const room = "roomId" in event ? this.#rooms.get(event.roomId) : undefined;
    if (!room) return;
    if (event.type === "observer.removed") this.#rooms.delete(event.roomId);
    if (event.type === "room.muted") this.put({ ...room, muted: event.muted });
    if (event.type === "room.filtered") this.put({ ...room, unread: event.unread ?? room.unread });
    if (event.type !== "receipt.read" && event.type !== "receipt.unread") return;
    const readNumber = event.userId === userId ? ownNumber(event, room) : room.readNumber;
    this.put({ ...room, readNumber, unread: event.unread ?? room.unread });
  }

  #boundClosed(): void {
    const closed = [...this.#rooms.values()].filter(({ state }) => state === "closed");
    for (const { roomId } of closed.slice(0, Math.max(0, closed.length - this.#closedRoomsMax))) {
      this.#rooms.delete(roomId);
    }
  }
}

function ownNumber(event: ReceiptReadEvent | ReceiptUnreadEvent, { readNumber }: Room): number {
  return event.type === "receipt.read" ? Math.max(readNumber, event.number) : event.number - 1;
}

/** Null: the room is gone. */
function changesOf(event: DurableEvent, room: Room, userId: string): Partial<Room> | null {
  const updatedAt = event.at;
  switch (event.type) {
    case "message.created": {
      const read = event.senderId === userId ? { readNumber: event.number } : {};
      const unread = event.unread ?? room.unread;
      return { lastMessage: toMessage(event), number: event.number, unread, ...read };
    }
    case "message.updated":
    case "message.deleted":
    case "messages.anonymised":
    case "reaction.added":
    case "reaction.removed":
      return room.lastMessage === null ? {} : { lastMessage: changedMessage(room.lastMessage, event) };
    case "messages.expired": {
      const isGone = room.lastMessage !== null && room.lastMessage.number <= event.number;
      return { unread: event.unread ?? room.unread, ...(isGone ? { lastMessage: null } : {}) };
    }
    case "event.hidden":
      return event.number === null ? {} : { number: event.number };
    case "room.updated":
      return {
        name: event.name,
        custom: event.custom,
        freezeAt: event.freezeAt,
        closeAt: event.closeAt,
        updatedAt,
      };
    case "room.frozen":
      return { state: "frozen", closedAt: null, ...timesLeft(room, updatedAt, "frozen"), updatedAt };
    case "room.closed":
      return { state: "closed", closedAt: updatedAt, ...timesLeft(room, updatedAt, "closed"), updatedAt };
    case "room.reopened":
      return { state: "open", closedAt: null, ...timesLeft(room, updatedAt, "open"), updatedAt };
    case "room.deleted":
      return null;
    case "member.added":
      return { memberCount: room.memberCount + 1 };
    case "member.removed":
      return { memberCount: room.memberCount - 1 };
    case "member.updated":
      return event.userId === userId ? { role: event.role } : {};
    case "call.ringing":
    case "call.accepted":
    case "call.declined":
    case "call.missed":
    case "call.joined":
    case "call.left":
    case "call.ended":
      return { call: event.call.state === "ended" ? null : event.call };
    case "call.recording":
    case "call.recorded":
    case "call.quality":
      // It may come when the call has ended, and a later one runs.
      return event.call.state === "ended" ? {} : { call: event.call };
    case "room.created":
      return {};
    default:
      // An event of a newer server: its seq counts, and the next handshake brings what it changed.
      return {};
  }
}

/** Times that have come are spent, but for the closing of an open room that is frozen: that comes yet. */
function timesLeft(
  { state, freezeAt, closeAt }: Room,
  at: string,
  after: Room["state"],
): Pick<Room, "freezeAt" | "closeAt"> {
  const left = (time: string | null) => (time !== null && time <= at ? null : time);
  const closes = state === "open" && after === "frozen";
  return { freezeAt: left(freezeAt), closeAt: closes ? closeAt : left(closeAt) };
}

function fromCreation(event: DurableEvent & { type: "room.created" }, userId: string): Room | null {
  const me = event.members.find((member) => member.userId === userId);
  if (!me) return null;
  return {
    roomId: event.roomId,
    type: event.roomType,
    name: event.name,
    custom: event.custom,
    state: "open",
    freezeAt: event.freezeAt,
    closeAt: event.closeAt,
    closedAt: null,
    createdAt: event.at,
    updatedAt: event.at,
    seq: event.seq,
    number: 0,
    memberCount: event.members.length,
    lastMessage: null,
    call: null,
    role: me.role,
    readNumber: 0,
    unread: 0,
    muted: false,
    capabilities: event.capabilities,
  };
}
