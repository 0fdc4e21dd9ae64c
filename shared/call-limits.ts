/** The bounds of calls. A part of `roomLimits`. */
export const callLimits = {
  /** How long a call rings where nobody says otherwise, and the bounds of what may be said. Past it: 400. */
  callRingSecondsDefault: 45,
  callRingSecondsMin: 5,
  callRingSecondsMax: 300,
  /** Users that one call rings. A larger room names whom, or the call rings nobody and waits for who joins. Past it: 400. */
  callRungMembersMax: 32,
  /** Users that ever were in one call: it is in the room's head, which each message writes again. Past it: 409 call_full. */
  callParticipantsMax: 64,
  /** In a group one who is left alone in a call waits this long for others. Past it the call ends. */
  callAloneMs: 120_000,
  /** A call that nobody has ended by then was forgotten, and ends. */
  callLengthMsMax: 43_200_000,
  /** A token for LiveKit opens one connection; one that stands lives on. Past it `token` gives another. */
  callTokenSeconds: 180,
} as const;
