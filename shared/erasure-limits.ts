/** The bounds of forgetting users. A part of `roomLimits`. */
export const erasureLimits = {
  /** Erasures that one node works on at a time; the others wait in the store. */
  erasuresAtOnceMax: 4,
  /** Rooms of one of them at a time: each is a few commands, one after the other. */
  erasureRoomsAtOnceMax: 8,
  /** Rooms of one read. */
  erasurePageRoomsMax: 100,
  /** How often a node looks for erasures that nobody works on, and so many of them. */
  erasureScanMs: 2_000,
  erasureScanTasksMax: 100,
  /** One whose node has said nothing for so long is taken over. Where that node lives after all both do the same. */
  erasureSilenceMsMax: 30_000,
  /** How often that node says that it works on it. */
  erasureHeldMs: 5_000,
  /** Events of a room that one command looks at; of messages `roomChangesMax`, as each may change. */
  erasureEventsMax: 200,
  /** Closed rooms of a user's archive of which the place there is known; of what is past them the place stays, and says nothing but its room. */
  erasureArchiveMax: 100_000,
  /** When a user was last there is said some seconds after its last socket has gone: what is said of this time is ignored. */
  erasureSeenMs: 60_000,
} as const;
