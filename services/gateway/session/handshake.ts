import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { ConnectedFrame, ConnectFrame } from "#shared/protocol/frames.ts";
import type { Store } from "#shared/store/store.ts";
import { type OpenRoom, readOpenRooms, roomSummary } from "../reads/room-summary.ts";
import { unreadTotalOf } from "../reads/unread.ts";
import type { Hub } from "../rooms/hub.ts";
import type { RecentEvents } from "../rooms/recent-events.ts";
import { EventFrame } from "./frame.ts";
import type { Session } from "./session.ts";
import { SessionRoom } from "./session-room.ts";
import { syncRoom } from "./sync.ts";

/** Rooms whose missed events are read at the same time for one session. */
const syncsAtOnce = 8;
/** Times that the list of rooms is read again because it grew meanwhile. */
const roundsMax = 5;

export interface HandshakeDeps {
  readonly store: Store;
  readonly hub: Hub;
  readonly past: Pick<RecentEvents, "readEvents">;
}

/**
 * One answer tells a client all it needs. The order matters: interest first, then the state, then what was missed.
 * What happens after the interest is acknowledged arrives live; what happened before is in the state that is read
 * after it; so nothing falls between.
 */
export async function handshake(deps: HandshakeDeps, session: Session, connect: ConnectFrame): Promise<void> {
  const rooms = await openRooms(deps, session);
  const connected: ConnectedFrame = {
    type: "connected",
    ...(connect.ref === undefined ? {} : { ref: connect.ref }),
    sessionId: session.id,
    userId: session.userId,
    tenantId: session.tenantId,
    rooms: rooms.map(roomSummary),
    unreadTotal: unreadTotalOf(rooms),
    heartbeatSeconds: limits.heartbeatSeconds,
  };
  await session.sendAndWait(JSON.stringify(connected));
  session.start();

  const resume = connect.resume ?? {};
  for (let i = 0; i < rooms.length; i += syncsAtOnce) {
    await Promise.all(
      rooms.slice(i, i + syncsAtOnce).map(async ({ head, member }) => {
        const room = session.rooms.get(head.roomId);
        if (room === undefined) return;
        const cursor = resume[head.roomId] ?? null;
        await syncRoom(deps.past, session, {
          roomId: head.roomId,
          room,
          cursor,
          headSeq: head.seq,
          joinedSeq: member.joinedSeq,
        });
      }),
    );
  }
  const listed = new Set(rooms.map(({ head }) => head.roomId));
  await resumeClosedRooms(deps, session, new Map(Object.entries(resume).filter(([id]) => !listed.has(id))));
  session.resumed();
}

/** A room that the user has just joined, while connected: everything from the joining on, or from what it was told. */
export async function joinRoom(
  deps: HandshakeDeps,
  session: Session,
  roomId: string,
  joinedSeq: number,
): Promise<void> {
  // A room that opens while the client is told how it closed goes on from there.
  await session.whenResumed();
  if (session.ended) return;
  const present = session.rooms.get(roomId);
  if (present !== undefined) {
    present.joinedSeq = Math.max(present.joinedSeq, joinedSeq);
    return;
  }
  const told = session.told(roomId);
  const room = session.enter(roomId);
  await deps.hub.addRooms(session, [roomId]);
  const [found] = await deps.store.readMemberships(session.tenantId, session.userId, [roomId]);
  if (found == null || found.member === null) {
    deps.hub.removeRoom(session, roomId);
    // It goes on from there when the user is let in again …
    if (told !== null) session.remember(roomId, told);
    // … which has happened, if that was heard of since: what was read may be older.
    if (room.joinedSeq > 0) await joinRoom(deps, session, roomId, room.joinedSeq);
    return;
  }
  const { head, member } = found;
  room.take(head, member);
  await syncRoom(deps.past, session, {
    roomId,
    room,
    // One to whom the room is new has missed nothing of it; it may have left and come again since.
    cursor: told ?? Math.max(joinedSeq, member.joinedSeq) - 1,
    headSeq: head.seq,
    joinedSeq: member.joinedSeq,
  });
  // Of an observer no event says that it is in.
  if (member.role !== "observer" || member.joinedSeq !== joinedSeq || session.ended) return;
  const { tenantId, userId } = session;
  const added = { type: "observer.added", tenantId, roomId, at: member.joinedAt, userId } as const;
  session.send(new EventFrame(added, 0).plain());
  session.watching?.roomsChanged();
}

/** Opens the feeds of the user's rooms, then reads where they stand; again, if the list has grown in between. */
async function openRooms({ store, hub }: HandshakeDeps, session: Session): Promise<OpenRoom[]> {
  const { tenantId, userId } = session;
  const [first] = await Promise.all([store.listOpenRooms(tenantId, userId), hub.addSession(session)]);
  await assertNotRevoked(store, session);
  let roomIds = first;
  for (let round = 0; round < roundsMax; round++) {
    const added = roomIds.filter((roomId) => !session.rooms.has(roomId));
    for (const roomId of added) session.enter(roomId);
    if (added.length > 0) await hub.addRooms(session, added);
    const rooms = await readOpenRooms(store, tenantId, userId);
    roomIds = rooms.map(({ head }) => head.roomId);
    if (roomIds.every((roomId) => session.rooms.has(roomId))) {
      for (const { head, member } of rooms) {
        const room = session.rooms.get(head.roomId);
        room?.take(head, member);
      }
      for (const roomId of session.rooms.keys())
        if (!roomIds.includes(roomId)) hub.removeRoom(session, roomId);
      return rooms;
    }
  }
  throw new Error("the user's list of rooms does not stand still");
}

/** From the session's hold on, revocations reach it; one that came before, and too late for a cache, is found here. */
async function assertNotRevoked(store: Store, { tenantId, userId, identity }: Session): Promise<void> {
  const before = await store.getRevokedBefore(tenantId, userId);
  if (before !== null && identity.issuedAtMs <= Date.parse(before)) throw new AppError("token_revoked");
}

/**
 * Rooms that closed while the client was away are not in its list, but it must hear how they ended. Of those in its
 * list it hears that live, also when one has closed since.
 */
async function resumeClosedRooms(
  { store, past }: HandshakeDeps,
  session: Session,
  resume: ReadonlyMap<string, number>,
): Promise<void> {
  const closed = [...resume.keys()].slice(0, limits.resumeRoomsMax);
  if (closed.length === 0) return;
  const memberships = await store.readMemberships(session.tenantId, session.userId, closed);
  for (const membership of memberships) {
    if (membership === null) continue;
    const { head, member } = membership;
    if (member === null) {
      // Nothing of it is its to hear; when it is let in again, it goes on from here, by a gap.
      session.remember(head.roomId, resume.get(head.roomId) ?? 0);
      continue;
    }
    const room = new SessionRoom();
    room.take(head, member);
    const cursor = resume.get(head.roomId) ?? null;
    await syncRoom(past, session, {
      roomId: head.roomId,
      room,
      cursor,
      headSeq: head.seq,
      joinedSeq: member.joinedSeq,
    });
    session.remember(head.roomId, room.seq);
  }
}
