// Written by sdk/js/generate/main.ts from the server's schemas. Do not edit.

export interface Attachment {
  /** The customer's word: image, file, location … */
  type: string;
  /** A file of the sender's. What it is (fileName, contentType, size, width, height) is then said by the server, whatever the sender says. */
  mediaId?: string;
  url?: string;
  title?: string;
  contentType?: string;
  /** Bytes. */
  size?: number;
  fileName?: string;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** The customer's own data: a JSON object of at most 8192 bytes. */
  custom?: Record<string, unknown>;
}

export interface Member {
  /** The customer's own id of a user. */
  userId: string;
  /** owner and member may send, readonly reads. observer is support staff: reads, and is seen by no user. See who may do what. */
  role: "owner" | "member" | "readonly" | "observer";
}

export interface MessageCreatedEvent {
  type: "message.created";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  senderId: string | null;
  kind: "text" | "system" | "custom";
  body: string | null;
  attachments: Attachment[];
  mentions: string[];
  replyToId: string | null;
  /** The message that the thread of this one begins with: a reply to a reply is in the thread of that. */
  threadId: string | null;
  custom: Record<string, unknown> | null;
  /** What was taken out of it, so that a UI can say why. Missing: nothing was. */
  masked?: ("phone" | "email" | "link" | "handle")[];
  clientId: string | null;
  silent: boolean;
  /** Of a reply: what it replies to, as that was when this was told. Never kept: read later, it is as it is then. */
  replyTo?: {
    /** A message's id. */
    messageId: string;
    senderId: string | null;
    kind: "text" | "system" | "custom";
    /** Its first 140 code points; null where it has none, or has been deleted. */
    body: string | null;
    /** How many it has. */
    attachments: number;
    deletedAt: string | null;
  } | null;
  /** Of a reply: how many messages its thread has with it; null where the message that it begins with is no longer kept. */
  threadCount: number | null;
}

export interface MessageUpdatedEvent {
  type: "message.updated";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  senderId: string | null;
  kind: "text" | "system" | "custom";
  body: string | null;
  attachments: Attachment[];
  mentions: string[];
  replyToId: string | null;
  /** The message that the thread of this one begins with: a reply to a reply is in the thread of that. */
  threadId: string | null;
  custom: Record<string, unknown> | null;
  /** What was taken out of it, so that a UI can say why. Missing: nothing was. */
  masked?: ("phone" | "email" | "link" | "handle")[];
  clientId: string | null;
  /** RFC 3339, UTC, milliseconds. */
  createdAt: string;
  /** RFC 3339, UTC, milliseconds. */
  editedAt: string;
  actorId: string | null;
}

export interface MessageDeletedEvent {
  type: "message.deleted";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  senderId: string | null;
  body: null;
  /** RFC 3339, UTC, milliseconds. */
  deletedAt: string;
  actorId: string | null;
  /** true: what it said is kept nowhere any more, not for the server either. */
  erased?: boolean;
  /** Of an erased one: the events that told what it said, the newest 1000 at most. They say nothing of it any more: whoever keeps events empties them too. */
  emptied?: {
    seq: number;
    /** RFC 3339, UTC, milliseconds. */
    at: string;
  }[];
}

export interface MessagesAnonymisedEvent {
  type: "messages.anonymised";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** In whose place it is from now on: it stands for nobody. */
  userId: string;
  /** What it said: the sender of these is `userId` now, and their clientId null. */
  messageIds: string[];
  /** What mentions it, and is to be read anew. */
  mentioningIds: string[];
}

export interface MessagesExpiredEvent {
  type: "messages.expired";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** Messages up to this number are gone: from the history, its threads and pins. So are the room's events up to the one that told of it. */
  number: number;
  /** How many of all that are gone could be unread: none of them is for anybody any more. */
  countable: number;
  /** Events that told what they said, the newest 1000 at most, as far as deliveries of webhooks are kept: whoever keeps events empties them too. */
  emptied: {
    seq: number;
    /** RFC 3339, UTC, milliseconds. */
    at: string;
  }[];
}

export interface MessagePinnedEvent {
  type: "message.pinned";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  /** Whose message it is. */
  senderId: string | null;
  actorId: string | null;
}

export interface MessageUnpinnedEvent {
  type: "message.unpinned";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  /** Whose message it is. */
  senderId: string | null;
  actorId: string | null;
}

export interface ReactionAddedEvent {
  type: "reaction.added";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  /** Whose message it is. */
  messageSenderId: string | null;
  /** The customer's own id of a user. */
  userId: string;
  /** An emoji, or a word of your own without spaces; at most 32 Unicode code points. URL-encoded in paths. */
  key: string;
  count: number;
  /** The first 20 who reacted so; the list of reactions has all. */
  userIds: string[];
}

export interface ReactionRemovedEvent {
  type: "reaction.removed";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  /** Whose message it is. */
  messageSenderId: string | null;
  /** The customer's own id of a user. */
  userId: string;
  /** An emoji, or a word of your own without spaces; at most 32 Unicode code points. URL-encoded in paths. */
  key: string;
  count: number;
  /** The first 20 who reacted so; the list of reactions has all. */
  userIds: string[];
}

export interface RoomCreatedEvent {
  type: "room.created";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** direct: exactly two members, for ever. group: any number. */
  roomType: "direct" | "group";
  name: string | null;
  custom: Record<string, unknown> | null;
  /** When the room becomes read-only by itself. */
  freezeAt: string | null;
  /** When the room closes by itself. */
  closeAt: string | null;
  actorId: string | null;
  members: Member[];
}

export interface RoomUpdatedEvent {
  type: "room.updated";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** direct: exactly two members, for ever. group: any number. */
  roomType: "direct" | "group";
  name: string | null;
  custom: Record<string, unknown> | null;
  /** When the room becomes read-only by itself. */
  freezeAt: string | null;
  /** When the room closes by itself. */
  closeAt: string | null;
  actorId: string | null;
}

export interface RoomFrozenEvent {
  type: "room.frozen";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
}

export interface RoomClosedEvent {
  type: "room.closed";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
}

export interface RoomReopenedEvent {
  type: "room.reopened";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
}

export interface RoomDeletedEvent {
  type: "room.deleted";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
}

export interface MemberAddedEvent {
  type: "member.added";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
  /** The customer's own id of a user. */
  userId: string;
  /** owner and member may send, readonly reads. observer is support staff: reads, and is seen by no user. See who may do what. */
  role: "owner" | "member" | "readonly" | "observer";
  custom: Record<string, unknown> | null;
}

export interface MemberUpdatedEvent {
  type: "member.updated";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
  /** The customer's own id of a user. */
  userId: string;
  /** owner and member may send, readonly reads. observer is support staff: reads, and is seen by no user. See who may do what. */
  role: "owner" | "member" | "readonly" | "observer";
  custom: Record<string, unknown> | null;
}

export interface MemberRemovedEvent {
  type: "member.removed";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  actorId: string | null;
  /** The customer's own id of a user. */
  userId: string;
}

export interface CallRingingEvent {
  type: "call.ringing";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  /** The customer's own id of a user. */
  userId: string;
  /** Those whom it rings: each on all its devices. */
  userIds: string[];
}

export interface CallAcceptedEvent {
  type: "call.accepted";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  /** The customer's own id of a user. */
  userId: string;
}

export interface CallDeclinedEvent {
  type: "call.declined";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  /** The customer's own id of a user. */
  userId: string;
  busy: boolean;
}

export interface CallMissedEvent {
  type: "call.missed";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  userIds: string[];
}

export interface CallJoinedEvent {
  type: "call.joined";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  /** The customer's own id of a user. */
  userId: string;
}

export interface CallLeftEvent {
  type: "call.left";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  /** The customer's own id of a user. */
  userId: string;
}

export interface CallEndedEvent {
  type: "call.ended";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  actorId: string | null;
  /** How it ended. completed: after somebody had answered. declined, busy, missed: nobody answered, and that is why. cancelled: ended before anybody had answered. failed: the server said so. */
  reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed";
  /** Of an ended call that was answered: from then to its end. */
  durationSeconds: number | null;
}

export interface CallRecordingEvent {
  type: "call.recording";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  actorId: string | null;
  recording: {
    /** Of LiveKit's egress. */
    recordingId: string;
    state: "active" | "ended" | "failed";
    /** RFC 3339, UTC, milliseconds. */
    startedAt: string;
    /** null while it goes on. */
    endedAt: string | null;
    /** Of the file, as LiveKit's egress names it; null while there is none. */
    location: string | null;
  };
}

export interface CallRecordedEvent {
  type: "call.recorded";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  recording: {
    /** Of LiveKit's egress. */
    recordingId: string;
    state: "active" | "ended" | "failed";
    /** RFC 3339, UTC, milliseconds. */
    startedAt: string;
    /** null while it goes on. */
    endedAt: string | null;
    /** Of the file, as LiveKit's egress names it; null while there is none. */
    location: string | null;
  };
}

export interface CallQualityEvent {
  type: "call.quality";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId: string;
  kind: "audio" | "video";
  call: {
    /** The customer's own id of a call, unique in its tenant, or one made for it. */
    callId: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    kind: "audio" | "video";
    /** ringing: nobody has answered yet. active: somebody has. ended: for ever. */
    state: "ringing" | "active" | "ended";
    /** Of an ended call. */
    reason: "completed" | "declined" | "missed" | "cancelled" | "busy" | "failed" | null;
    /** The customer's own id of a user. */
    startedBy: string;
    /** As its start said; null: it said nothing. Whoever joined by calling adds none. */
    custom: Record<string, unknown> | null;
    /** Whose LiveKit server it goes through, for all its time; null: the deployment's own. */
    region: string | null;
    /** Who was rung and who came, the first to call first. Each user once, however often it came. */
    participants: {
      /** The customer's own id of a user. */
      userId: string;
      /** What the user is called in LiveKit: nobody can tell from it who that is. */
      identity: string;
      state: "ringing" | "joined" | "declined" | "busy" | "missed" | "left";
      /** When the user last joined; null: never. */
      joinedAt: string | null;
      /** When the user last left; null while it has not. */
      leftAt: string | null;
      /** In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all. */
      seconds: number;
      /** What LiveKit was seen to have of its devices; null: nothing was. */
      connection: {
        /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
        times: number;
        /** When it last did, by LiveKit's clock. */
        lastAt: string | null;
        /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
        lost: number;
        /** What it has sent, muted or not, as far as was seen. */
        published: ("microphone" | "camera" | "screen_share")[];
      } | null;
      /** What its device has reported, as last told; null: nothing. */
      quality: {
        seconds: {
          excellent: number;
          good: number;
          poor: number;
          lost: number;
        } | null;
        reconnects: number | null;
        rating: number | null;
        /** RFC 3339, UTC, milliseconds. */
        reportedAt: string;
      } | null;
    }[];
    /** The oldest first. */
    recordings: {
      /** Of LiveKit's egress. */
      recordingId: string;
      state: "active" | "ended" | "failed";
      /** RFC 3339, UTC, milliseconds. */
      startedAt: string;
      /** null while it goes on. */
      endedAt: string | null;
      /** Of the file, as LiveKit's egress names it; null while there is none. */
      location: string | null;
    }[];
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    /** Until when it rings those who are `ringing`; null: it rings nobody. */
    ringEndsAt: string | null;
    /** When the first answered. */
    answeredAt: string | null;
    /** When it ended. */
    endedAt: string | null;
    /** Of an ended call that was answered: from then to its end. */
    durationSeconds: number | null;
  };
  /** The customer's own id of a user. */
  userId: string;
  quality: {
    seconds: {
      excellent: number;
      good: number;
      poor: number;
      lost: number;
    } | null;
    reconnects: number | null;
    rating: number | null;
    /** RFC 3339, UTC, milliseconds. */
    reportedAt: string;
  };
}

export interface MessageUnreadEvent {
  type: "message.unread";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** As it is when this is told. */
  room: {
    /** direct: exactly two members, for ever. group: any number. */
    type: "direct" | "group";
    name: string | null;
    custom: Record<string, unknown> | null;
  };
  /** Who has not read it. */
  userId: string;
  /** How many messages of the room the user has not read. */
  unread: number;
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  senderId: string | null;
  kind: "text" | "system" | "custom";
  body: string | null;
  attachments: Attachment[];
  mentions: string[];
  replyToId: string | null;
  /** The message that the thread of this one begins with: a reply to a reply is in the thread of that. */
  threadId: string | null;
  custom: Record<string, unknown> | null;
  /** What was taken out of it, so that a UI can say why. Missing: nothing was. */
  masked?: ("phone" | "email" | "link" | "handle")[];
  /** RFC 3339, UTC, milliseconds. */
  createdAt: string;
}

export interface RoomIdleEvent {
  type: "room.idle";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** As it is when this is told. */
  room: {
    /** direct: exactly two members, for ever. group: any number. */
    type: "direct" | "group";
    name: string | null;
    custom: Record<string, unknown> | null;
  };
  /** Of the last message; where there is none, of the room. */
  idleSince: string;
  lastMessage: {
    /** A message's id. */
    id: string;
    /** The customer's own id of a room, often that of a business object. */
    roomId: string;
    /** Of the event that made it. */
    seq: number;
    /** Dense within the room; pages and markers count in it. */
    number: number;
    senderId: string | null;
    kind: "text" | "system" | "custom";
    body: string | null;
    attachments: Attachment[];
    mentions: string[];
    replyToId: string | null;
    /** What it replies to, as that is now: with messages of the history and of threads, and in the answer to a send. */
    replyTo?: {
      /** A message's id. */
      messageId: string;
      senderId: string | null;
      kind: "text" | "system" | "custom";
      /** Its first 140 code points; null where it has none, or has been deleted. */
      body: string | null;
      /** How many it has. */
      attachments: number;
      deletedAt: string | null;
    } | null;
    /** The message that the thread of this one begins with: a reply to a reply is in the thread of that. */
    threadId: string | null;
    thread: {
      /** Messages in it, without its root. A deleted one keeps its place, and counts. */
      count: number;
      /** RFC 3339, UTC, milliseconds. */
      lastAt: string;
    } | null;
    /** By key. Over the socket and in events a reaction says anew what is here under its key. */
    reactions: Record<
      string,
      {
        count: number;
        /** The first 20 who reacted so; the list of reactions has all. */
        userIds: string[];
      }
    >;
    custom: Record<string, unknown> | null;
    /** What was taken out of it, so that a UI can say why. Missing: nothing was. */
    masked?: ("phone" | "email" | "link" | "handle")[];
    clientId: string | null;
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
    editedAt: string | null;
    deletedAt: string | null;
    /** true: deleted for good, so no version of it is kept. */
    erased?: boolean;
  } | null;
}

export interface MemberFirstReplyEvent {
  type: "member.first_reply";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** As it is when this is told. */
  room: {
    /** direct: exactly two members, for ever. group: any number. */
    type: "direct" | "group";
    name: string | null;
    custom: Record<string, unknown> | null;
  };
  /** A message's id. */
  messageId: string;
  /** Dense within the room; pages and markers count in it. */
  number: number;
  /** The customer's own id of a user. */
  senderId: string;
  kind: "text" | "system" | "custom";
  body: string | null;
  attachments: Attachment[];
  mentions: string[];
  replyToId: string | null;
  /** The message that the thread of this one begins with: a reply to a reply is in the thread of that. */
  threadId: string | null;
  custom: Record<string, unknown> | null;
  /** What was taken out of it, so that a UI can say why. Missing: nothing was. */
  masked?: ("phone" | "email" | "link" | "handle")[];
  /** RFC 3339, UTC, milliseconds. */
  createdAt: string;
  /** The first message of another that the sender had not answered since it joined or last wrote. */
  answered: {
    /** A message's id. */
    messageId: string;
    /** Dense within the room; pages and markers count in it. */
    number: number;
    /** The customer's own id of a user. */
    senderId: string;
    /** RFC 3339, UTC, milliseconds. */
    createdAt: string;
  };
  /** From that message to the reply. */
  responseMs: number;
}

export interface MessageReportedEvent {
  type: "message.reported";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** As it is when this is told. */
  room: {
    /** direct: exactly two members, for ever. group: any number. */
    type: "direct" | "group";
    name: string | null;
    custom: Record<string, unknown> | null;
  };
  /** A report's id; ids are in the order of their times. */
  reportId: string;
  /** A message's id. */
  messageId: string;
  /** The customer's word: spam, abuse, fraud … */
  reason: string;
  /** null: masking has flagged it. */
  reporterId: string | null;
}

export interface WebhookTestEvent {
  type: "webhook.test";
  /** A customer, brand or environment. */
  tenantId: string;
  /** An endpoint's id. */
  endpointId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
}

export interface WebhookBatchEvent {
  type: "webhook.batch";
  /** A customer, brand or environment. */
  tenantId: string;
  /** An endpoint's id. */
  endpointId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** Those of a room are in their order. */
  events: {
    /** What `webhook-id` would be if it came alone. */
    id: string;
    /** As it would come alone. */
    event: Record<string, unknown>;
  }[];
}

/** What a receiver is sent. Newer servers may send more types: answer 2xx to those you do not know. */
export type WebhookEvent =
  | MessageCreatedEvent
  | MessageUpdatedEvent
  | MessageDeletedEvent
  | MessagesAnonymisedEvent
  | MessagesExpiredEvent
  | MessagePinnedEvent
  | MessageUnpinnedEvent
  | ReactionAddedEvent
  | ReactionRemovedEvent
  | RoomCreatedEvent
  | RoomUpdatedEvent
  | RoomFrozenEvent
  | RoomClosedEvent
  | RoomReopenedEvent
  | RoomDeletedEvent
  | MemberAddedEvent
  | MemberUpdatedEvent
  | MemberRemovedEvent
  | CallRingingEvent
  | CallAcceptedEvent
  | CallDeclinedEvent
  | CallMissedEvent
  | CallJoinedEvent
  | CallLeftEvent
  | CallEndedEvent
  | CallRecordingEvent
  | CallRecordedEvent
  | CallQualityEvent
  | MessageUnreadEvent
  | RoomIdleEvent
  | MemberFirstReplyEvent
  | MessageReportedEvent
  | WebhookTestEvent
  | WebhookBatchEvent;
