/** A file that was granted, and what became of it. */
export interface MediaRow {
  readonly mediaId: string;
  /** null: the customer's server, for nobody. */
  readonly uploaderId: string | null;
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly state: "pending" | "ready" | "refused";
  /** Where what was checked is kept; null: nowhere. */
  readonly copy: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Why it is refused. */
  readonly refusal: string | null;
}

/** What was found when an upload was looked at. */
export type MediaOutcome = Pick<MediaRow, "copy" | "width" | "height" | "refusal"> & {
  readonly state: "ready" | "refused";
};

/** A message that names a file, or was to: the message itself says whether it does. */
export interface MediaUse {
  readonly roomId: string;
  readonly messageId: string;
}

/** A file that is to be looked at again, and when. Ordered by all three, the time first. */
export interface DueMedia {
  /** RFC 3339. */
  readonly dueAt: string;
  readonly tenantId: string;
  readonly mediaId: string;
}

/** What is kept of files. A part of the store of its own: see `store.ts`. Durable when a call resolves. */
export interface MediaStore {
  /**
   * A new file, and when it is to be looked at first, which is there before the file is.
   *
   * @param due.partition whose owner looks.
   */
  add(
    tenantId: string,
    media: Pick<MediaRow, "mediaId" | "uploaderId" | "fileName" | "contentType" | "size" | "createdAt">,
    due: { readonly partition: number; readonly dueAt: string },
  ): Promise<void>;
  get(tenantId: string, mediaId: string): Promise<MediaRow | null>;
  /** The last one wins. Of a file that was removed nothing is made. */
  settle(tenantId: string, mediaId: string, outcome: MediaOutcome): Promise<void>;

  /** The same again changes nothing. */
  addUse(tenantId: string, mediaId: string, use: MediaUse): Promise<void>;
  /** By room and message. */
  listUses(tenantId: string, mediaId: string, limit: number): Promise<MediaUse[]>;

  /** Ids of a user's files in their order, those after `after`. */
  listOfUser(
    tenantId: string,
    userId: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<string[]>;
  /** With its uses. The same again changes nothing. */
  remove(tenantId: string, media: Pick<MediaRow, "mediaId" | "uploaderId">): Promise<void>;

  /**
   * Sets how many bytes of a tenant's files a node has granted in a day since 1970. Days of before are forgotten after
   * a while.
   *
   * @returns how many all nodes have.
   */
  countDay(
    tenantId: string,
    of: { readonly day: number; readonly node: string; readonly bytes: number },
  ): Promise<number>;

  /** Says that a file is to be looked at then (too). */
  addDue(partition: number, due: DueMedia): Promise<void>;
  /** Files of a partition that are due in (`after`, `before`), by when. */
  listDue(
    partition: number,
    range: { readonly after: DueMedia; readonly before: string; readonly limit: number },
  ): Promise<DueMedia[]>;
  /** Until when those of a partition that were due have been looked at; null where nobody has said so yet. */
  readDueDone(partition: number): Promise<string | null>;
  /** What was due before it need not be kept any more. */
  setDueDone(partition: number, at: string): Promise<void>;
}

/** A file as it is, from what was granted and what was found. */
export function mediaRowOf(media: Parameters<MediaStore["add"]>[1], outcome: MediaOutcome | null): MediaRow {
  const nothing = { state: "pending", copy: null, width: null, height: null, refusal: null } as const;
  return { ...media, ...(outcome ?? nothing) };
}
