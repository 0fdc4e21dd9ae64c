import { mediaLimits } from "./media-limits.ts";

/** Bounds of what people say, and of what becomes of it: a part of `limits`. */
export const messageLimits = {
  ...mediaLimits,
  /** Pinned messages of a room: they are in its head, which each message writes again. Past it: 409 too_many_pins. */
  pinnedMessagesMax: 20,
  /** Events that a hard delete says it has emptied, some 50 bytes each. Past it the newest; the others are emptied as well. */
  emptiedToldMax: 1_000,
  /** For how long a tenant may let messages be edited or deleted; who wants longer sets no end. Past it: 400. */
  changeWindowSecondsMax: 31_536_000,
  /** What a reply shows of the text it replies to: two lines on a telephone. Past it the text is cut. */
  quoteCodePointsMax: 140,
  /** Message text, counted in Unicode code points (what JSON Schema's maxLength counts). Past it: 400. */
  bodyCodePointsMax: 8_000,
  /** A message names few files; more belong in several messages. Past it: 400. */
  attachmentsMax: 10,
  /** Past it: 400. */
  mentionsMax: 50,
  /** `custom` of a room, member, message or user, as UTF-8 bytes of its JSON. Past it: 400. */
  customBytesMax: 8_192,
  /** A reaction is an emoji or a word; the longest emoji of a family has 10. Past it: 400. */
  reactionKeyCodePointsMax: 32,
  /** Kinds of reactions to one message: what a UI can show under it. Past it: 409 too_many_reactions. */
  reactionKindsMax: 20,
  /** Reactions to one message, of all kinds: its row has them all. Past it: 409 too_many_reactions. */
  reactionsMax: 1_000,
  /** Users of each kind that a message shows, the first to react; the list of reactions has them all. */
  reactionUsersShownMax: 20,

  /** Display names, room names, file names: code points. Past it: 400. */
  nameCodePointsMax: 256,
  /** URLs (avatars, attachments): code points. Past it: 400. */
  urlCodePointsMax: 2_048,

  /** Sites that a tenant lets its users link to, and fields of `custom` that are looked at: each costs each message. Past it: 400. */
  maskingHostsMax: 50,
  maskingFieldsMax: 20,
  /** What whoever reports a message says of it. Past it: 400. */
  reportNoteCodePointsMax: 1_000,
  /** What of that which masking has found a report has. Past it the first. */
  reportFoundMax: 20,
  /** Reports are kept this long, as the audit log is. */
  reportRetentionSeconds: 34_560_000,
  /** Reports that one call of the list looks at: with a filter few may fit. Past it the page ends, and says where. */
  reportsScannedMax: 500,
  /** Reports of one user in a window, on each node: more than people read. Past it: 429. */
  rateUserReportsMax: 20,
  rateUserReportsWindowSeconds: 60,

  /**
   * Messages of one room that one write changes: they go with the room's head, some 150 KB each at most. Past it the
   * batch is applied in parts.
   */
  roomChangesMax: 32,
  /**
   * Bytes of messages that a fanout node keeps of the rooms in its memory, for those who change what was just said. Past
   * it those that nobody asked for longest go, and are read from the store.
   */
  fanoutMessagesBytesMax: 33_554_432,
} as const;
