import type { MessageVersion } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import type { EventRow, MessageRow } from "#shared/store/store.ts";

/** What a step of an erasure looks at: whole, so that a shorter one than asked for is the last. */
export interface ErasingPart {
  /** Oldest first. */
  readonly messages: readonly MessageRow[];
  /** What those said before that were changed, by message. */
  readonly versions: ReadonlyMap<string, readonly MessageVersion[]>;
  /** Newest first. */
  readonly calls: readonly CallRow[];
  readonly events: readonly EventRow[];
}

export const nothingErasing: ErasingPart = { messages: [], versions: new Map(), calls: [], events: [] };

/** What goes as it is too old. */
export interface ExpiringPart {
  /** Oldest first. */
  readonly messages: readonly MessageRow[];
  /** Of those that are pinned. */
  readonly pinned: ReadonlySet<string>;
}

export const nothingExpiring: ExpiringPart = { messages: [], pinned: new Set() };

/** An event that tells what a message said. */
export interface ToldEvent {
  readonly seq: number;
  readonly at: string;
  /** null where it is kept no longer. */
  readonly row: EventRow | null;
}
