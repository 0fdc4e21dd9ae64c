/** Every bound of the client: its unit is in its name, its reason and what happens past it beside it. */
export interface Bounds {
  /** Sends without an answer, over all rooms. Past it `send` rejects with `outbox_full`. */
  readonly outboxMessagesMax: number;
  /** How long a send may wait for its answer, outages included. Past it: `send_expired`; it may still have arrived. */
  readonly sendWaitMsMax: number;
  /** Sends on the wire at a time, one per room. Others wait in the outbox. */
  readonly sendsInFlightMax: number;
  /** Markers of one kind on the wire at a time. Others wait; only the newest of a room does. */
  readonly markersInFlightMax: number;
  /** Rooms with a marker of one kind that waits. Past it `markRead` rejects with `too_many_requests`. */
  readonly markerRoomsMax: number;
  /** History requests on the wire at a time. Past it: `too_many_requests`. */
  readonly historyInFlightMax: number;
  /** An answer that takes longer is lost: sends and markers are repeated, others reject with `answer_timeout`. */
  readonly answerWaitMsMax: number;
  /** The customer's token function. Past it: a failed attempt. */
  readonly tokenWaitMsMax: number;
  /** From opening the socket to `connected`. Past it: a failed attempt. */
  readonly attemptWaitMsMax: number;
  /** The promise of `connect` rejects with `connect_timeout` then; the client itself goes on trying. */
  readonly connectWaitMsMax: number;
  /** A start of typing is said this often at most, as the server wants it while the user types. */
  readonly typingRepeatMs: number;
  /** Past this without `typing.start` the user has stopped. */
  readonly typingIdleMs: number;
  /** A pause before attempt n is random in [0, min(cap, base × 2ⁿ)]. */
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  /** A longer wish of the server is cut to this. */
  readonly retryAfterMsMax: number;
  /** A connection that lived this long was a good one: the next pause is a short one again. */
  readonly stableAfterMs: number;
  /** Silence after a ping. Past it the peer is dead: reconnect. */
  readonly pongWaitMsMax: number;
  /** Closed rooms kept in `client.rooms` until the next handshake. Past it the oldest goes. */
  readonly closedRoomsMax: number;
  /** Rooms being looked up over REST, and waiting for it. Past the second the next handshake brings them. */
  readonly roomLookupsInFlightMax: number;
  readonly roomLookupsWaitingMax: number;
  /** The bytes of one file on their way. Past it the upload rejects. */
  readonly uploadMsMax: number;
}

export const defaultBounds: Bounds = {
  outboxMessagesMax: 1_000,
  sendWaitMsMax: 24 * 3_600_000,
  // The three windows, a refresh and a ping stay below the 64 frames that the server works on for one socket.
  sendsInFlightMax: 24,
  markersInFlightMax: 8,
  markerRoomsMax: 1_000,
  historyInFlightMax: 16,
  answerWaitMsMax: 15_000,
  tokenWaitMsMax: 30_000,
  attemptWaitMsMax: 15_000,
  connectWaitMsMax: 60_000,
  typingRepeatMs: 3_000,
  typingIdleMs: 5_000,
  backoffBaseMs: 1_000,
  backoffCapMs: 30_000,
  retryAfterMsMax: 300_000,
  stableAfterMs: 10_000,
  pongWaitMsMax: 10_000,
  closedRoomsMax: 100,
  roomLookupsInFlightMax: 4,
  roomLookupsWaitingMax: 1_000,
  uploadMsMax: 600_000,
};
