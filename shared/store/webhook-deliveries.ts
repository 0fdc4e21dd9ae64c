import type { DeliveryStatus } from "#shared/protocol/webhooks.ts";

/** What is kept of deliveries: the log of them, and what is due when. A part of the store of its own. */
export interface WebhookDeliveryStore {
  /**
   * Keeps new deliveries, which begin as pending, and says when those of them are due that `due` names. One that is
   * there already stays as it is. Where it rejects, some of it may have come about.
   */
  addDeliveries(
    deliveries: readonly WebhookDeliveryRow[],
    due?: { readonly partition: number; readonly rows: readonly DueRow[] },
  ): Promise<void>;
  /** Takes from deliveries that are there what they tell no more, for good. */
  setBodies(changes: readonly (DeliveryKey & { readonly body: string })[]): Promise<void>;
  /** Sets how far deliveries have come; the last write wins. */
  setProgress(changes: readonly (DeliveryKey & { readonly progress: DeliveryProgress })[]): Promise<void>;
  /** In the order asked for; null where there is none, or where it is no longer kept. */
  getDeliveries(keys: readonly DeliveryKey[]): Promise<(KeptDelivery | null)[]>;
  /**
   * A tenant's deliveries by id, and so by time; `before` and `after` are exclusive.
   *
   * @param page.ascending the oldest first.
   */
  listDeliveries(
    tenantId: string,
    page: { before?: string; after?: string; ascending?: boolean; limit: number },
  ): Promise<KeptDelivery[]>;

  /** Says what is due when, then unsays what `remove` names. Both name one partition only. The same again changes nothing. */
  changeDue(
    partition: number,
    change: { add?: readonly DueRow[]; remove?: readonly DueRow[] },
  ): Promise<void>;
  /**
   * What is due of a partition, in order of time and id, from after a place on. Reads on from `next`, which is past all
   * that was given; a page may be short or empty before the end, which is where `next` has come to `untilMs`.
   */
  readDue(
    partition: number,
    page: { after: DuePlace; untilMs: number; limit: number },
  ): Promise<{ rows: DueRow[]; next: DuePlace }>;

  /** Before this time nothing of the partition is due any more. null: nobody has said so yet. */
  readDueMark(partition: number): Promise<number | null>;
  writeDueMark(partition: number, ms: number): Promise<void>;

  /** The newest delivery of a room to an ordered endpoint; null: none is known. */
  readTail(key: TailKey): Promise<DeliveryTail | null>;
  writeTail(key: TailKey, tail: DeliveryTail): Promise<void>;

  /** Of whom an endpoint was told that they had not read a room, in no order. Forgotten after a time. */
  readTold(key: TailKey): Promise<ToldUser[]>;
  /** The last write wins, of each user for itself. */
  writeTold(key: TailKey, told: readonly ToldUser[]): Promise<void>;
  /** A user is erased from a room: whichever endpoint was told of it there. */
  forgetTold(tenantId: string, roomId: string, userId: string): Promise<void>;
}

export interface DeliveryKey {
  readonly tenantId: string;
  /** Begins with its time, so that ids are in the order of their times: see `deliveryIdFor`. */
  readonly deliveryId: string;
}

/** What is delivered where. Never changes, but that a body may be emptied. */
export interface WebhookDeliveryRow extends DeliveryKey {
  readonly endpointId: string;
  /** The same for each endpoint that is told. */
  readonly eventId: string;
  readonly eventType: string;
  readonly roomId: string | null;
  readonly seq: number | null;
  /** Of `events`: whose owner delivers it. */
  readonly partition: number;
  /** RFC 3339. */
  readonly createdAt: string;
  /** JSON, as it is sent; but without what it quotes, which is added as it is then. */
  readonly body: string;
  /** For an ordered endpoint: the delivery that must be over first. */
  readonly previousId: string | null;
}

/** How far a delivery has come. */
export interface DeliveryProgress {
  readonly status: DeliveryStatus;
  /** The newest, oldest of them first. */
  readonly attempts: readonly DeliveryAttempt[];
  /** Of all; `attempts` are the newest. */
  readonly attemptCount: number;
  /** Of the tries that the schedule allows; begun anew by a retry on request. */
  readonly tries: number;
  /** RFC 3339; null: there is none. */
  readonly nextAttemptAt: string | null;
  /** The delivery by which it goes, with others: that is due, and not this one. Missing: it goes alone. */
  readonly batchId?: string | null;
}

export interface DeliveryAttempt {
  readonly at: string;
  /** null: there was no answer. */
  readonly statusCode: number | null;
  readonly latencyMs: number;
  /** The beginning of the answer, or why there was none. */
  readonly response: string;
}

export interface KeptDelivery extends WebhookDeliveryRow {
  readonly progress: DeliveryProgress;
}

/** Something to do at a time. */
export interface DueRow extends DeliveryKey {
  readonly dueMs: number;
  readonly endpointId: string;
}

export interface DuePlace {
  readonly dueMs: number;
  readonly deliveryId: string;
}

export interface TailKey {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly roomId: string;
}

export interface DeliveryTail {
  readonly deliveryId: string;
  readonly seq: number;
}

export interface ToldUser {
  readonly userId: string;
  /** Up to where it had read then. */
  readonly readNumber: number;
}

export const freshProgress: DeliveryProgress = {
  status: "pending",
  attempts: [],
  attemptCount: 0,
  tries: 0,
  nextAttemptAt: null,
};
