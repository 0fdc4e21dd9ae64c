/** Bounds of media, as in `message-limits.ts`, whose part this is. */
export const mediaLimits = {
  /** One file: what a telephone's video of a minute needs. No tenant may have more. Past it: 413 media_too_large. */
  mediaBytesMax: 104_857_600,
  /** The same where the operator has said nothing for the tenant. */
  mediaBytesDefault: 26_214_400,
  /** What an operator may allow a tenant to upload in a day: a petabyte is more than any has. Past it: 400. */
  mediaDayBytesMax: 1_000_000_000_000_000,
  mediaDaySeconds: 86_400,
  /** Kinds of files that the operator names for a tenant. Past it: 400. */
  mediaTypesMax: 50,
  /** A signed upload URL ends after this: the upload has begun by then. */
  mediaUploadUrlSeconds: 900,
  /** A signed download URL ends after this: who is removed from a room has nothing that lasts. */
  mediaDownloadUrlSeconds: 300,
  /** An upload to this process, from its first byte to its last: 100 MB at 3 Mbit/s. Past it: 408. */
  mediaReceiveMsMax: 300_000,
  /** What is looked at of a file to know what it is: the size of a picture comes after what its camera has to say. */
  mediaHeadBytesMax: 262_144,
  /** Pixels of a picture: more than cameras have; whoever shows it needs four bytes for each. Past it: 422. */
  mediaPixelsMax: 120_000_000,
  /** Messages that name one file. Each read of it may look at all of them. Past it: 409 media_shared_too_often. */
  mediaUsesMax: 100,
  /** A call to where media is kept: its tries together, one try, and its connection. Past the first: 503 media_unavailable. */
  mediaCallMsMax: 10_000,
  mediaTryMsMax: 4_000,
  mediaConnectMsMax: 2_000,
  mediaTriesMax: 3,
  /** The owner of a partition looks for files that are due this often, a page at a time. */
  mediaSweepMs: 60_000,
  mediaSweepPageMax: 100,
  /** It waits so much longer, as the clock of who is about to name a file may be behind its own. */
  mediaSweepGraceMs: 3_600_000,
  /** A message that is in the log and not in the history yet is waited for: the log keeps it for seven days. */
  mediaOnItsWayMsMax: 691_200_000,
  /** Completions under way on a node; each holds the head of a file. Past it: 503 overloaded. */
  mediaChecksMax: 50,
} as const;
