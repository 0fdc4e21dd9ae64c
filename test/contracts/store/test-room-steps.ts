import type { CallParticipant } from "#shared/protocol/calls.ts";
import type { MessageVersion } from "#shared/protocol/resources.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { emptied, tellsOf } from "#shared/store/emptied.ts";
import type {
  EventRow,
  ExpiredMessage,
  MemberRow,
  MessageRow,
  RoomHead,
  RoomWrite,
} from "#shared/store/store.ts";
import { versionOf } from "#shared/store/version.ts";

/** One command and all that it made of the room. */
export interface Step {
  readonly position: number;
  readonly head: RoomHead;
  readonly members: ReadonlyMap<string, MemberRow>;
  readonly changed: string | null;
  readonly message: MessageRow | null;
  /** A message that was there, as it is from this step on, and what it said before. */
  readonly edited: { readonly row: MessageRow; readonly before: MessageVersion | null } | null;
  readonly event: EventRow | null;
  readonly moved: boolean;
  /** A call that has ended. */
  readonly call: CallRow | null;
  readonly callId: string | null;
  /** Messages that have gone with it. */
  readonly expired: readonly Omit<ExpiredMessage, "position">[];
}

/** The newest edit of each message that these steps edit, by its number. */
export function editsIn(steps: readonly Step[]): ReadonlyMap<number, { row: MessageRow; position: number }> {
  return new Map(
    steps.flatMap(({ edited, position }) =>
      edited === null ? [] : [[edited.row.message.number, { row: edited.row, position }]],
    ),
  );
}

export function versionsIn(steps: readonly Step[]): RoomWrite["versions"] {
  return steps.flatMap(({ edited, position }) =>
    edited === null || edited.before === null
      ? []
      : [{ position, number: edited.row.message.number, content: edited.before }],
  );
}

/** Events as they are once these steps were made. */
export function emptiedBy(steps: readonly Step[]): (row: EventRow) => EventRow {
  const erased = [...editsIn(steps).values()].flatMap(({ row: { message } }) =>
    message.erased === true ? [message.id] : [],
  );
  return (row) => (erased.some((id) => tellsOf(row.event, id)) ? { ...row, event: emptied(row.event) } : row);
}

/** What steps take back of what was told by then. */
export function retoldBy(
  steps: readonly Step[],
  untilThen: readonly Step[],
  epoch: number,
): RoomWrite["retold"] {
  const told = untilThen.flatMap(({ event }) => (event === null ? [] : [event]));
  return steps.flatMap(({ edited, position }) => {
    if (edited?.row.message.erased !== true) return [];
    const { id } = edited.row.message;
    const version = versionOf(epoch, position);
    return told
      .filter(({ event }) => tellsOf(event, id))
      .map((row) => ({ ...row, event: emptied(row.event), version, retoldAt: row.event.at }));
  });
}

export function emptyHead(roomId: string, createdAt: string): RoomHead {
  return {
    roomId,
    type: "group",
    name: null,
    custom: null,
    state: "open",
    deleted: false,
    freezeAt: null,
    closeAt: null,
    closedAt: null,
    createdAt,
    updatedAt: createdAt,
    seq: 0,
    number: 0,
    memberCount: 0,
    countable: 0,
    lastMessage: null,
    pinned: [],
    call: null,
    callNumber: 0,
    position: 0,
  };
}

const noneSeen = { seconds: 0, connection: null, quality: null };

/** One whom a call rings. */
export function ringing(userId: string): CallParticipant {
  return { userId, identity: userId, state: "ringing", joinedAt: null, leftAt: null, ...noneSeen };
}
