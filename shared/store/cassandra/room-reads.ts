import { limits } from "#shared/limits.ts";
import { fromJson } from "../from-json.ts";
import type { MemberRow, MembershipRow, RoomHead, StoredRoom } from "../store.ts";
import { mapBounded } from "./bounded.ts";
import { Coalescer } from "./coalesce.ts";
import { toNumber } from "./columns.ts";
import type { MessageReads } from "./message-reads.ts";
import { changedOf } from "./newest.ts";
import type { LeftBehind } from "./room-writes.ts";
import type { Row, Session } from "./session.ts";
import { tailOf } from "./tail.ts";

type WriteAgain = (room: { tenantId: string; roomId: string }, left: LeftBehind) => Promise<void>;

const selectRoom =
  "SELECT user_id, head, member, tail, changed, WRITETIME(head) AS written FROM rooms WHERE tenant_id = ? AND room_id = ?";
const selectHead = "SELECT head FROM rooms WHERE tenant_id = ? AND room_id = ? AND user_id = ''";
const selectMembership = `SELECT user_id, head, member FROM rooms
  WHERE tenant_id = ? AND room_id = ? AND user_id IN ('', ?)`;
const selectMember = "SELECT user_id, member FROM rooms WHERE tenant_id = ? AND room_id = ? AND user_id = ?";
const selectMembers = `SELECT user_id, member FROM rooms
  WHERE tenant_id = ? AND room_id = ? AND user_id > ? LIMIT ?`;
const selectUserRooms = "SELECT room_id, hidden FROM user_rooms WHERE tenant_id = ? AND user_id = ?";

/** Rooms, their members, and the rooms of a user. */
export class RoomReads {
  readonly #session: Session;
  readonly #messages: MessageReads;
  readonly #writeAgain: WriteAgain;
  readonly #heads = new Coalescer<RoomHead | null>();

  constructor(session: Session, messages: MessageReads, writeAgain: WriteAgain) {
    this.#session = session;
    this.#messages = messages;
    this.#writeAgain = writeAgain;
  }

  /** For the room's owner: what its next write counts on is in the tables then. */
  async load(tenantId: string, roomId: string): Promise<StoredRoom | null> {
    const [first, ...others] = await this.#session.rows(selectRoom, [tenantId, roomId]);
    // The head's row sorts before every member's; without it there is no room, whatever else is there.
    const head = first === undefined ? null : headOf(roomId, first);
    if (first === undefined || head === null) return null;
    const changed = changedOf(first);
    const isNewest = head.expired?.position === head.position;
    const expired =
      head.expired !== undefined && isNewest
        ? { upTo: head.expired, version: toNumber(first.written) }
        : null;
    await this.#writeAgain({ tenantId, roomId }, { tail: tailOf(first.tail), changed, expired });
    return {
      head,
      unsettled: changed,
      members: others.map(memberOf).filter((member) => member !== null),
      recent: await this.#messages.recent(tenantId, roomId, head.number),
    };
  }

  heads(tenantId: string, roomIds: readonly string[]): Promise<(RoomHead | null)[]> {
    return mapBounded(roomIds, limits.storeReadsPerCallMax, (roomId) =>
      this.#heads.read(JSON.stringify([tenantId, roomId]), async () => {
        const row = await this.#session.first(selectHead, [tenantId, roomId]);
        return row === null ? null : headOf(roomId, row);
      }),
    );
  }

  memberships(
    tenantId: string,
    userId: string,
    roomIds: readonly string[],
  ): Promise<(MembershipRow | null)[]> {
    return mapBounded(roomIds, limits.storeReadsPerCallMax, async (roomId) => {
      const [first, second] = await this.#session.rows(selectMembership, [tenantId, roomId, userId]);
      const head = first === undefined ? null : headOf(roomId, first);
      return head === null ? null : { head, member: second === undefined ? null : memberOf(second) };
    });
  }

  async member(tenantId: string, roomId: string, userId: string): Promise<MemberRow | null> {
    const row = await this.#session.first(selectMember, [tenantId, roomId, userId]);
    return row === null ? null : memberOf(row);
  }

  async members(
    tenantId: string,
    roomId: string,
    { after, limit }: { after?: string; limit: number },
  ): Promise<MemberRow[]> {
    const rows = await this.#session.rows(selectMembers, [tenantId, roomId, after ?? "", limit]);
    return rows.map(memberOf).filter((member) => member !== null);
  }

  async openRooms(tenantId: string, userId: string): Promise<string[]> {
    const rows = await this.#session.rows(selectUserRooms, [tenantId, userId]);
    return rows.map(({ room_id }) => String(room_id));
  }

  async seenRooms(tenantId: string, userId: string): Promise<string[]> {
    const rows = await this.#session.rows(selectUserRooms, [tenantId, userId]);
    return rows.flatMap(({ room_id, hidden }) => (hidden === true ? [] : [String(room_id)]));
  }
}

function headOf(roomId: string, { head }: Row): RoomHead | null {
  return head === null ? null : { roomId, ...fromJson<Omit<RoomHead, "roomId">>(head) };
}

/** Null for the row of the head. */
function memberOf({ user_id, member }: Row): MemberRow | null {
  return member === null ? null : { userId: user_id, ...fromJson<Omit<MemberRow, "userId">>(member) };
}
