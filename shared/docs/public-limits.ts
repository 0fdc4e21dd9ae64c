import { limits } from "#shared/limits.ts";

interface PublicLimit {
  readonly limit: keyof typeof limits;
  readonly what: string;
  readonly unit: string;
  /** How many of the limit's unit make one of the unit shown. */
  readonly per?: number;
  readonly past: string;
}

/** Limits that a caller can meet, in the caller's words. The values are those that the code keeps to. */
const publicLimits: readonly PublicLimit[] = [
  { limit: "idCharsMax", what: "An id of yours", unit: "characters", past: "400" },
  { limit: "bodyCodePointsMax", what: "A message's text", unit: "Unicode code points", past: "400" },
  { limit: "nameCodePointsMax", what: "A name or title", unit: "Unicode code points", past: "400" },
  { limit: "urlCodePointsMax", what: "A URL", unit: "Unicode code points", past: "400" },
  { limit: "customBytesMax", what: "`custom`", unit: "bytes of its JSON in UTF-8", past: "400" },
  { limit: "attachmentsMax", what: "Attachments of a message", unit: "items", past: "400" },
  { limit: "mediaBytesMax", what: "A file, whatever the tenant's setting", unit: "bytes", past: "413" },
  { limit: "mediaPixelsMax", what: "A picture", unit: "pixels", past: "422" },
  { limit: "mediaUsesMax", what: "Messages that name one file", unit: "messages", past: "409" },
  { limit: "mediaUploadUrlSeconds", what: "An upload URL", unit: "s", past: "403" },
  { limit: "mediaDownloadUrlSeconds", what: "A download URL", unit: "s", past: "403" },
  { limit: "mentionsMax", what: "Mentions of a message", unit: "items", past: "400" },
  { limit: "reactionKeyCodePointsMax", what: "A reaction's key", unit: "Unicode code points", past: "400" },
  { limit: "reactionKindsMax", what: "Kinds of reactions to a message", unit: "kinds", past: "409" },
  { limit: "reactionsMax", what: "Reactions to a message", unit: "reactions", past: "409" },
  { limit: "reactionUsersShownMax", what: "Users shown of each kind", unit: "users", past: "the list" },
  { limit: "pinnedMessagesMax", what: "Pinned messages of a room", unit: "messages", past: "409" },
  {
    limit: "reportNoteCodePointsMax",
    what: "The note of a report",
    unit: "Unicode code points",
    past: "400",
  },
  { limit: "callRingSecondsMax", what: "How long a call rings", unit: "s", past: "400" },
  { limit: "callRungMembersMax", what: "Users that a call rings", unit: "users", past: "400" },
  { limit: "callParticipantsMax", what: "Users that ever were in a call", unit: "users", past: "409" },
  { limit: "callAloneMs", what: "Alone in a call of a group", unit: "s", per: 1_000, past: "`call.ended`" },
  { limit: "callLengthMsMax", what: "A call", unit: "h", per: 3_600_000, past: "`call.ended`" },
  { limit: "callRecordingsMax", what: "Recordings of a call", unit: "recordings", past: "409" },
  {
    limit: "callsRecordedMax",
    what: "Ended calls of a room that are recorded still",
    unit: "calls",
    past: "409 for another recording",
  },
  {
    limit: "callRecordingSilenceMsMax",
    what: "A recording of which LiveKit says nothing, after its call",
    unit: "min",
    per: 60_000,
    past: "`call.recorded`, `failed`",
  },
  {
    limit: "callQualityMsMax",
    what: "A report of a call's quality, after its end",
    unit: "h",
    per: 3_600_000,
    past: "409",
  },
  { limit: "callTokenSeconds", what: "A token for LiveKit", unit: "s", past: "`token`" },
  { limit: "jsonDepthMax", what: "Nesting of JSON", unit: "levels", past: "400" },
  { limit: "requestBodyBytesMax", what: "A body", unit: "bytes", past: "413" },
  { limit: "requestUrlBytesMax", what: "Path and query", unit: "bytes", past: "414" },
  { limit: "requestHeaderBytesMax", what: "All headers", unit: "bytes", past: "431" },
  { limit: "frameBytesMax", what: "A WebSocket frame", unit: "bytes", past: "close 1009" },
  { limit: "roomPutMembersMax", what: "Members in one PUT of a room", unit: "items", past: "400" },
  {
    limit: "roomTimeAheadMsMax",
    what: "`freezeAt` and `closeAt` of a room, ahead",
    unit: "days",
    per: 86_400_000,
    past: "400",
  },
  { limit: "roomsCloseMax", what: "Rooms closed by one call", unit: "rooms", past: "400" },
  { limit: "userOpenRoomsMax", what: "Open rooms of a user", unit: "rooms", past: "409" },
  { limit: "userBlocksMax", what: "Users whom a user blocks", unit: "users", past: "409" },
  { limit: "pageItemsMax", what: "A page of a list", unit: "items", past: "400" },
  { limit: "resumeRoomsMax", what: "Rooms named in `resume`", unit: "rooms", past: "error" },
  { limit: "resumeEventsMax", what: "Missed events of a room on resume", unit: "events", past: "`room.gap`" },
  {
    limit: "socketsPerUserMax",
    what: "Sockets of a user on one gateway",
    unit: "sockets",
    past: "close 4009",
  },
  {
    limit: "framesInFlightMax",
    what: "Unanswered frames of a socket",
    unit: "frames",
    past: "`rate_limited`",
  },
  { limit: "outboxBytesMax", what: "What a socket has not yet read", unit: "bytes", past: "close 4001" },
  { limit: "connectFrameWaitMsMax", what: "Wait for `connect`", unit: "s", per: 1_000, past: "close 4005" },
  { limit: "appliedWaitMsMax", what: "Wait for a write's result", unit: "s", per: 1_000, past: "202" },
  {
    limit: "typingExpiryMs",
    what: "Typing without a repeat",
    unit: "s",
    per: 1_000,
    past: "`typing.stopped`",
  },
  {
    limit: "rateUserSignalsMax",
    what: `Typing, and questions about presence, of a user in ${limits.rateUserSignalsWindowSeconds} s`,
    unit: "signals",
    past: "429",
  },
  { limit: "presenceWatchedMax", what: "Users in `presence.watch`", unit: "users", past: "400" },
  {
    limit: "interestGraceMs",
    what: "Online after the last socket",
    unit: "s",
    per: 1_000,
    past: "`presence.changed`",
  },
  { limit: "tokenTtlSecondsMin", what: "Shortest life of a token", unit: "s", past: "400" },
  { limit: "tokenTtlSecondsMax", what: "Longest life of a token", unit: "s", past: "400" },
  { limit: "tokenCharsMax", what: "A token", unit: "characters", past: "401" },
  {
    limit: "eventRetentionSeconds",
    what: "Events kept for catching up; messages stay",
    unit: "days",
    per: 86_400,
    past: "`room.gap`",
  },
];

/** The same for programs: in the units of their names. */
export const publicBounds: Readonly<Record<string, number>> = Object.fromEntries(
  publicLimits.map(({ limit }) => [limit, limits[limit]]),
);

export const limitRows = publicLimits.map(({ limit, what, unit, per = 1, past }) => ({
  what,
  value: limits[limit] / per,
  unit,
  past,
}));
