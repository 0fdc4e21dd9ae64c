import { type Static, type TSchema, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { Call } from "./calls.ts";
import { Capability } from "./capabilities.ts";
import { Masked } from "./contact-kind.ts";
import { Custom } from "./custom.ts";
import { ClientId, MessageId, ReactionKey, RoomId, UserId } from "./ids.ts";
import { TimeText } from "./time.ts";

/** What REST returns and events carry. Times are RFC 3339 UTC with milliseconds. */

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const strict = { additionalProperties: false } as const;

export const Time = TimeText;

export const Role = Type.Enum(["owner", "member", "readonly", "observer"], {
  description:
    "owner and member may send, readonly reads. observer is support staff: reads, and is seen by no user. See who may do what.",
});
export type Role = Static<typeof Role>;

export const RoomType = Type.Enum(["direct", "group"], {
  description: "direct: exactly two members, for ever. group: any number.",
});
export type RoomType = Static<typeof RoomType>;
export const RoomLifecycle = Type.Enum(["open", "frozen", "closed"], {
  description: "open: all may send by role. frozen: read-only. closed: read-only and archived.",
});
export type RoomLifecycle = Static<typeof RoomLifecycle>;
export const MessageKind = Type.Enum(["text", "system", "custom"]);

export const Name = Type.String({ minLength: 1, maxLength: limits.nameCodePointsMax });
export const Url = Type.String({
  minLength: 1,
  maxLength: limits.urlCodePointsMax,
  pattern: "^https?://\\S+$",
});
export const Body = Type.String({
  maxLength: limits.bodyCodePointsMax,
  description: `Text, kept exactly as sent; at most ${limits.bodyCodePointsMax} Unicode code points.`,
});

export const Attachment = Type.Object(
  {
    type: Type.String({
      minLength: 1,
      maxLength: 64,
      description: "The customer's word: image, file, location …",
    }),
    mediaId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.idCharsMax,
        description:
          "A file of the sender's. What it is (fileName, contentType, size, width, height) is then said by the server, whatever the sender says.",
      }),
    ),
    url: Type.Optional(Url),
    title: Type.Optional(Name),
    contentType: Type.Optional(Type.String({ maxLength: 128 })),
    size: Type.Optional(Type.Integer({ minimum: 0, description: "Bytes." })),
    fileName: Type.Optional(Name),
    width: Type.Optional(Type.Integer({ minimum: 1, description: "Pixels." })),
    height: Type.Optional(Type.Integer({ minimum: 1, description: "Pixels." })),
    custom: Type.Optional(Custom),
  },
  strict,
);
export type Attachment = Static<typeof Attachment>;

const reactionSummary = {
  count: Type.Integer({ minimum: 0 }),
  userIds: Type.Array(UserId, {
    description: `The first ${limits.reactionUsersShownMax} who reacted so; the list of reactions has all.`,
  }),
};
export const ReactionSummary = Type.Object(reactionSummary, strict);

/** One user's reaction. */
export const Reaction = Type.Object({ key: ReactionKey, userId: UserId }, strict);

/** What a reply shows of the message that it replies to. Never kept: made from that message whenever it is read. */
export const Quote = Type.Object(
  {
    messageId: MessageId,
    senderId: nullable(UserId),
    kind: MessageKind,
    body: Type.Union([Body, Type.Null()], {
      description: `Its first ${limits.quoteCodePointsMax} code points; null where it has none, or has been deleted.`,
    }),
    attachments: Type.Integer({ minimum: 0, description: "How many it has." }),
    deletedAt: nullable(Time),
  },
  strict,
);
export type Quote = Static<typeof Quote>;

const thread = Type.Object(
  {
    count: Type.Integer({
      minimum: 1,
      description: "Messages in it, without its root. A deleted one keeps its place, and counts.",
    }),
    lastAt: Time,
  },
  { ...strict, description: "Of the message that a thread begins with." },
);

export const Message = Type.Object(
  {
    id: MessageId,
    roomId: RoomId,
    seq: Type.Integer({ minimum: 1, description: "Of the event that made it." }),
    number: Type.Integer({
      minimum: 1,
      description: "Dense within the room; pages and markers count in it.",
    }),
    senderId: nullable(UserId),
    kind: MessageKind,
    body: nullable(Body),
    attachments: Type.Array(Attachment),
    mentions: Type.Array(UserId),
    replyToId: nullable(MessageId),
    replyTo: Type.Optional(
      Type.Union([Quote, Type.Null()], {
        description:
          "What it replies to, as that is now: with messages of the history and of threads, and in the answer to a send.",
      }),
    ),
    threadId: Type.Union([MessageId, Type.Null()], {
      description:
        "The message that the thread of this one begins with: a reply to a reply is in the thread of that.",
    }),
    thread: nullable(thread),
    reactions: Type.Record(Type.String(), ReactionSummary, {
      description: "By key. Over the socket and in events a reaction says anew what is here under its key.",
    }),
    custom: nullable(Custom),
    masked: Type.Optional(Masked),
    clientId: nullable(ClientId),
    createdAt: Time,
    editedAt: nullable(Time),
    deletedAt: nullable(Time),
    erased: Type.Optional(
      Type.Boolean({ description: "true: deleted for good, so no version of it is kept." }),
    ),
  },
  strict,
);
export type Message = Static<typeof Message>;

/** One of a room's pinned messages. */
export const Pin = Type.Object(
  {
    message: Message,
    pinnedAt: Time,
    pinnedBy: Type.Union([UserId, Type.Null()], { description: "null: the server." }),
  },
  strict,
);
export type Pin = Static<typeof Pin>;

/** What a message said before it was changed; what it says now is the message itself. */
export const MessageVersion = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: "Of the event that took this version's place." }),
    body: nullable(Body),
    attachments: Type.Array(Attachment),
    mentions: Type.Array(UserId),
    custom: nullable(Custom),
    writtenAt: Time,
    replacedAt: Time,
    replacedBy: Type.Union([UserId, Type.Null()], { description: "Who changed it; null: the server." }),
  },
  strict,
);
export type MessageVersion = Static<typeof MessageVersion>;

export const Member = Type.Object({ userId: UserId, role: Role }, strict);
export type Member = Static<typeof Member>;

/** A member as asked for: without a role, one who is in keeps the role, and one who is not becomes a member. */
export const WantedMember = Type.Object(
  { userId: UserId, role: Type.Optional(Role), custom: Type.Optional(nullable(Custom)) },
  strict,
);
export type WantedMember = Static<typeof WantedMember>;

export const MemberResource = Type.Object(
  {
    userId: UserId,
    role: Role,
    custom: nullable(Custom),
    joinedAt: Time,
    readNumber: Type.Integer({ minimum: 0, description: "Has read up to this message." }),
    deliveredNumber: Type.Integer({ minimum: 0, description: "Has received up to this message." }),
  },
  strict,
);
export type MemberResource = Static<typeof MemberResource>;

/** What a user is called and looks like, as its server says. */
const profile = { displayName: nullable(Name), avatarUrl: nullable(Url), custom: nullable(Custom) };
export const Profile = Type.Object(profile, strict);
export type Profile = Static<typeof Profile>;

/** A member as lists show it, with the profile that its user has now. */
export const ShownMember = Type.Object(
  {
    ...MemberResource.properties,
    profile: Type.Union([Profile, Type.Null()], { description: "null: no server has said anything of it." }),
  },
  strict,
);
export type ShownMember = Static<typeof ShownMember>;

/** When a room changes its state by itself. Spent or cancelled: null. */
export const roomTimes = {
  freezeAt: Type.Union([Time, Type.Null()], { description: "When the room becomes read-only by itself." }),
  closeAt: Type.Union([Time, Type.Null()], { description: "When the room closes by itself." }),
};

const roomFields = {
  roomId: RoomId,
  type: RoomType,
  name: nullable(Name),
  custom: nullable(Custom),
  state: RoomLifecycle,
  ...roomTimes,
  closedAt: nullable(Time),
  createdAt: Time,
  updatedAt: Time,
  seq: Type.Integer({ minimum: 0, description: "The room's newest event." }),
  number: Type.Integer({ minimum: 0, description: "The room's newest message." }),
  memberCount: Type.Integer({ minimum: 0, description: "Observers are not counted." }),
  lastMessage: nullable(Message),
  call: Type.Union([Call, Type.Null()], { description: "The room's call, while there is one." }),
};

const capabilities = Type.Array(Capability, {
  description: "What the reading user may do in the room now: show no more, and guess nothing.",
});

const muted = Type.Boolean({
  description: "The user wants no noise of it: for the user alone, and no part of its `unreadTotal`.",
});

/** One room, as a single resource. */
export const Room = Type.Object(
  {
    ...roomFields,
    members: Type.Array(Member, {
      description: `The first ${limits.roomResourceMembersMax} members by id; the members list has them all.`,
    }),
    role: Type.Optional(Role),
    readNumber: Type.Optional(Type.Integer({ minimum: 0 })),
    unread: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: "This and the next are of the acting user, where there is one.",
      }),
    ),
    muted: Type.Optional(muted),
    capabilities: Type.Optional(capabilities),
  },
  strict,
);
export type Room = Static<typeof Room>;

/** One of the acting user's rooms, in lists and in the connect handshake. */
export const RoomSummary = Type.Object(
  {
    ...roomFields,
    role: Role,
    readNumber: Type.Integer({
      minimum: 0,
      description: "Where the user stands; smaller than what others are told while it is set back.",
    }),
    unread: Type.Integer({ minimum: 0 }),
    muted,
    capabilities,
  },
  strict,
);
export type RoomSummary = Static<typeof RoomSummary>;

/** How a room is to its member alone. */
export const Muting = Type.Object({ roomId: RoomId, muted: Type.Boolean() }, strict);
export type Muting = Static<typeof Muting>;

/** Where a user stands in a room. */
export const ReadPosition = Type.Object(
  {
    roomId: RoomId,
    readNumber: RoomSummary.properties.readNumber,
    unread: Type.Integer({ minimum: 0 }),
  },
  strict,
);
export type ReadPosition = Static<typeof ReadPosition>;

export const UnreadTotal = Type.Integer({
  minimum: 0,
  description: "What the user has not read in all its open rooms that are not muted: for a badge.",
});

export const User = Type.Object(
  {
    userId: UserId,
    ...profile,
    createdAt: Time,
    updatedAt: Time,
  },
  strict,
);
export type User = Static<typeof User>;

/** Whether a user is there. To those who may not know, everybody is away and was never there. */
export const Presence = Type.Object(
  {
    userId: UserId,
    online: Type.Boolean(),
    lastSeenAt: Type.Union([Time, Type.Null()], {
      description: "When the user was last there; null while online, and where that is not known.",
    }),
  },
  strict,
);
export type Presence = Static<typeof Presence>;
