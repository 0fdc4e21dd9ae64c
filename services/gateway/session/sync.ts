import { limits } from "#shared/limits.ts";
import type { RoomGapFrame } from "#shared/protocol/frames.ts";
import type { PastEvent, RecentEvents } from "../rooms/recent-events.ts";
import { EventFrame } from "./frame.ts";
import type { Session } from "./session.ts";
import type { SessionRoom } from "./session-room.ts";

/** Missed events sent before the network is given time to take them. */
const eventsBetweenWaits = 20;

/**
 * Brings one room of a session from what its client has to what is live: every missed event in order, or one gap
 * when they are too many or no longer kept: whole or not at all. Events that came in meanwhile follow. What happened
 * while the user was no member is not the client's to hear: it is told by a gap.
 *
 * @param cursor the client's newest seq; null when it has nothing and wants only what comes.
 * @param headSeq the room's newest event, read after the room's feed was opened.
 * @param joinedSeq the event that let the user in.
 */
export async function syncRoom(
  past: Pick<RecentEvents, "readEvents">,
  session: Session,
  target: { roomId: string; room: SessionRoom; cursor: number | null; headSeq: number; joinedSeq: number },
): Promise<void> {
  const { roomId, room, cursor, headSeq, joinedSeq } = target;
  const sendGap = (fromSeq: number, toSeq: number): void => {
    const gap: RoomGapFrame = { type: "room.gap", roomId, fromSeq, toSeq };
    session.send(JSON.stringify(gap));
  };
  const has = cursor === null ? headSeq : Math.min(cursor, headSeq);
  const from = Math.max(has, Math.min(joinedSeq - 1, headSeq));
  if (has < from) sendGap(has + 1, from);
  room.seq = from;
  if (from < headSeq) {
    const missed = await readMissed(past, session.tenantId, roomId, from, headSeq);
    if (missed === null) {
      sendGap(from + 1, headSeq);
      room.seq = headSeq;
    } else {
      const passed = room.rewind(missed);
      for (const [i, { event, countable }] of missed.entries()) {
        passed(event);
        session.sendEvent(room, new EventFrame(event, countable));
        if (i % eventsBetweenWaits === 0) await session.drained();
      }
    }
  }
  session.goLive(roomId, room);
}

/** All of (from, to], or null when that is too much or some are gone. */
async function readMissed(
  past: Pick<RecentEvents, "readEvents">,
  tenantId: string,
  roomId: string,
  from: number,
  to: number,
): Promise<readonly PastEvent[] | null> {
  const count = to - from;
  if (count > limits.resumeEventsMax) return null;
  const rows = await past.readEvents(tenantId, roomId, { afterSeq: from, limit: count });
  const whole = rows.length === count && rows[0]?.event.seq === from + 1;
  return whole ? rows : null;
}
