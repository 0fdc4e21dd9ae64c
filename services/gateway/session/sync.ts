import { limits } from "#shared/limits.ts";
import type { RoomGapFrame } from "#shared/protocol/frames.ts";
import type { EventRow, Store } from "#shared/store/store.ts";
import { EventFrame } from "./frame.ts";
import type { Session } from "./session.ts";
import type { SessionRoom } from "./session-room.ts";

/** Missed events sent before the network is given time to take them. */
const eventsBetweenWaits = 20;

/**
 * Brings one room of a session from what its client has to what is live: every missed event in order, or one gap
 * when they are too many or no longer kept: whole or not at all. Events that came in meanwhile follow.
 *
 * @param cursor the client's newest seq; null when it has nothing and wants only what comes.
 * @param headSeq the room's newest event, read after the room's feed was opened.
 */
export async function syncRoom(
  store: Pick<Store, "readEvents">,
  session: Session,
  target: { roomId: string; room: SessionRoom; cursor: number | null; headSeq: number },
): Promise<void> {
  const { roomId, room, cursor, headSeq } = target;
  const from = cursor === null ? headSeq : Math.min(cursor, headSeq);
  room.seq = from;
  if (from < headSeq) {
    const missed = await readMissed(store, session.tenantId, roomId, from, headSeq);
    if (missed === null) {
      const gap: RoomGapFrame = { type: "room.gap", roomId, fromSeq: from + 1, toSeq: headSeq };
      session.send(JSON.stringify(gap));
      room.seq = headSeq;
    } else {
      for (const [i, { event, countable }] of missed.entries()) {
        session.sendEvent(room, new EventFrame(event, countable));
        if (i % eventsBetweenWaits === 0) await session.drained();
      }
    }
  }
  session.goLive(roomId, room);
}

/** All of (from, to], or null when that is too much or some are gone. */
async function readMissed(
  store: Pick<Store, "readEvents">,
  tenantId: string,
  roomId: string,
  from: number,
  to: number,
): Promise<EventRow[] | null> {
  const count = to - from;
  if (count > limits.resumeEventsMax) return null;
  const rows = await store.readEvents(tenantId, roomId, { afterSeq: from, limit: count });
  const whole = rows.length === count && rows[0]?.event.seq === from + 1;
  return whole ? rows : null;
}
