/** The bounds of what goes by age. A part of `roomLimits`. */
export const retentionLimits = {
  /** How long a tenant may have messages and closed rooms kept: up to ten years, or for ever. Past it: 400. */
  retentionSecondsMin: 1,
  retentionSecondsMax: 315_360_000,
  /** Messages that one command takes out of a room: each may have events that told of it, and a place in the index. */
  expiredMessagesMax: 100,
  /** Tenants, and ids of rooms, of one read. */
  retentionPageMax: 500,
  /** Rooms looked at at a time. */
  retentionRoomsAtOnceMax: 8,
  /** For how long a pass goes by what a tenant wanted before it reads that again. */
  retentionAgesMs: 1_000,
  /** How often a node looks whether a pass is due, or was left by another. */
  retentionLookMsMax: 5_000,
  /** A pass whose node has said nothing for so long is taken over. Where that node lives after all both do the same. */
  retentionSilenceMsMax: 30_000,
  /** How often that node says how far it is. */
  retentionHeldMs: 5_000,
} as const;
