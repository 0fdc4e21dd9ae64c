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
  /** Recordings of one call: they are in its row. Past it: 409, and what LiveKit records by itself is not kept. */
  callRecordingsMax: 10,
  /**
   * A recording of which LiveKit has not said that long after its call has ended that it is over counts as failed: its
   * server, or what records there, may be gone for good.
   */
  callRecordingSilenceMsMax: 3_600_000,
  /** Calls of one room that have ended and are recorded still: they are in its head. Past it none is recorded: 409. */
  callsRecordedMax: 4,
  /** How long after a call has ended its users may say how good it was. Past it: 409 call_ended. */
  callQualityMsMax: 86_400_000,
  /** One request to LiveKit. Past it: 503 livekit_unavailable. */
  livekitCallMsMax: 3_000,
  /** A LiveKit room that nobody enters is closed by LiveKit after this: longer than a call rings. */
  livekitEmptySeconds: 360,
  /** How often each call that runs is held against who is in its LiveKit room, as LiveKit's webhooks get lost. */
  callCheckMs: 5_000,
  /** One who is not there that long has left: a device that lost its network is back by then. */
  callAbsentMs: 15_000,
  /** Calls that are looked at in one check, at a time. */
  callChecksAtOnceMax: 8,
  /** Calls of one partition that are looked at. Past it the later ones end by who leaves them, and their length. */
  callsWatchedMax: 10_000,
  /**
   * Calls of one partition that have ended and whose LiveKit rooms could not be closed, or are recorded still. Past it
   * the sweep finds those rooms, and of a recording LiveKit's webhook tells, or none.
   */
  callsOverMax: 1_000,
  /** How often LiveKit's rooms are gone through for those whose call has ended. */
  livekitSweepMs: 30_000,
  /** Those of them that one sweep looks up. The rest comes with the next, when these are gone. */
  livekitSweepRoomsMax: 500,
  /** Ids of LiveKit's webhooks that a node remembers, to drop repeats. Past it the oldest is forgotten: a repeat is harmless. */
  livekitWebhookIdsMax: 10_000,
} as const;
