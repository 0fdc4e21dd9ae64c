import type { Message, Role, Room } from "#shared/protocol/resources.ts";
import type { MemberRow, RoomHead, Store } from "#shared/store/store.ts";

const at = "2026-11-23T12:00:00.000Z";
let position = 0;

/** Puts a room into the store as fanout would have left it. */
export async function storeRoom(
  store: Store,
  room: {
    tenantId: string;
    roomId: string;
    members: Readonly<Record<string, Role>>;
    state?: Room["state"];
    deleted?: boolean;
    /** Messages that it holds. */
    messages?: readonly Pick<Message, "id" | "senderId" | "clientId">[];
  },
): Promise<void> {
  const { tenantId, roomId, state = "open", deleted = false, messages = [] } = room;
  position++;
  const stored = messages.map((message, index): Message => {
    const number = index + 1;
    return { ...blank, ...message, roomId, number, seq: number };
  });
  const head: RoomHead = {
    roomId,
    type: "group",
    name: null,
    custom: null,
    state,
    deleted,
    freezeAt: null,
    closeAt: null,
    closedAt: state === "closed" ? at : null,
    createdAt: at,
    updatedAt: at,
    seq: stored.length,
    number: stored.length,
    memberCount: Object.keys(room.members).length,
    countable: stored.length,
    lastMessage: stored.at(-1) ?? null,
    pinned: [],
    call: null,
    callNumber: 0,
    position,
  };
  const members = Object.entries(room.members).map(
    ([userId, role]): MemberRow => ({
      userId,
      role,
      custom: null,
      joinedAt: at,
      joinedSeq: 1,
      deliveredNumber: 0,
      readNumber: 0,
      ownNumber: null,
      readCountable: 0,
      sentNumber: 0,
      settings: null,
    }),
  );
  await store.writeRooms([
    {
      tenantId,
      partition: 0,
      due: null,
      epoch: 1,
      head,
      members: members.map((member) => ({ position, member })),
      removedMembers: [],
      calls: [],
      callIds: [],
      cameToCall: [],
      messages: stored.map((message) => ({
        position,
        message,
        countable: message.number,
        revised: message.seq,
        moreReactions: null,
      })),
      changed: [],
      settled: [],
      versions: [],
      events: [],
      retold: [],
      forgotten: [],
      expired: [],
      listing: { open: state !== "closed" && !deleted, members },
    },
  ]);
}

const blank: Omit<Message, "id" | "roomId" | "seq" | "number" | "senderId" | "clientId"> = {
  kind: "text",
  body: "hi",
  attachments: [],
  mentions: [],
  replyToId: null,
  threadId: null,
  thread: null,
  reactions: {},
  custom: null,
  createdAt: at,
  editedAt: null,
  deletedAt: null,
};
