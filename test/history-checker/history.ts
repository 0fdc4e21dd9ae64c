import type { DurableEvent, EventHidden } from "#shared/protocol/events.ts";
import type { RoomGapFrame } from "#shared/protocol/frames.ts";
import type { Message } from "#shared/protocol/resources.ts";

/**
 * What clients did and saw in one run, and what is left at its end. All times are milliseconds of one monotonic clock.
 * Every message of the rooms must be here as a send, whoever sent it.
 */
export interface History {
  readonly sends: readonly Send[];
  readonly subscribers: readonly Subscriber[];
  /** Read over REST when everything has come to rest. */
  readonly rooms: readonly RoomAtRest[];
  readonly faults: readonly Fault[];
}

/** One try to send. A repeat of the same clientId is another one. */
export interface Send {
  readonly tenantId: string;
  readonly roomId: string;
  readonly senderId: string | null;
  readonly clientId: string;
  readonly body: string;
  readonly invokedAtMs: number;
  readonly outcome: SendOutcome;
}

/** fail: refused for good, so nothing may come of it. unknown: no answer came, and both ends are right. */
export type SendOutcome =
  | { readonly type: "ok"; readonly messageId: string; readonly atMs: number }
  | { readonly type: "fail"; readonly code: string; readonly atMs: number }
  | { readonly type: "unknown" };

/** One user's client, through all its connections. */
export interface Subscriber {
  readonly name: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly sessions: readonly Session[];
  /** It was connected at the end and was given time: it must have everything. */
  readonly complete: boolean;
}

/** One stretch of listening: a connection of a bare client, or the whole life of one that resumes by itself. */
export interface Session {
  /** The seq after which each room's events are due. Other rooms begin when their user is added. */
  readonly startSeq: ReadonlyMap<string, number>;
  readonly seen: readonly Seen[];
}

export interface Seen {
  readonly atMs: number;
  readonly frame: DurableEvent | EventHidden | RoomGapFrame;
}

export interface RoomAtRest {
  readonly tenantId: string;
  readonly roomId: string;
  readonly seq: number;
  /** By number, the first one first. */
  readonly messages: readonly Message[];
  /** What was too old to be kept, as it was when it went, by number; its events up to this seq have gone as well. */
  readonly gone?: { readonly messages: readonly Message[]; readonly seq: number };
}

/** Something that was done to the deployment, after which it must work again within the bound. */
export interface Fault {
  readonly name: string;
  readonly atMs: number;
  readonly recoveryMsMax: number;
}

export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7";

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}
