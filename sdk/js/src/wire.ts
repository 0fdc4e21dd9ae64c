// Written by generate/main.ts from the server's schemas. Do not edit.

/** The largest frame that the server takes. */
export const frameBytesMax = 262144;

/** Rooms that one resume may name. */
export const resumeRoomsMax = 1000;

/** Frames of one socket that the server works on at a time. */
export const framesInFlightMax = 64;

/** The longest that a call lasts. */
export const callSecondsMax = 43200;

/** Every code that the server answers with. */
export type ServerErrorCode =
  | "invalid_request"
  | "invalid_json"
  | "acting_user_required"
  | "unauthenticated"
  | "token_expired"
  | "token_revoked"
  | "forbidden"
  | "not_a_member"
  | "read_only"
  | "room_not_found"
  | "message_not_found"
  | "user_not_found"
  | "member_not_found"
  | "tenant_not_found"
  | "key_not_found"
  | "dead_letter_not_found"
  | "call_not_found"
  | "webhook_endpoint_not_found"
  | "webhook_delivery_not_found"
  | "media_not_found"
  | "erasure_not_found"
  | "before_send_not_found"
  | "report_not_found"
  | "route_not_found"
  | "method_not_allowed"
  | "room_conflict"
  | "room_frozen"
  | "room_closed"
  | "message_too_old"
  | "contact_details_refused"
  | "message_refused"
  | "message_deleted"
  | "erasure_conflict"
  | "too_many_pins"
  | "too_many_reactions"
  | "too_many_blocks"
  | "too_many_rooms"
  | "calls_disabled"
  | "recording_disabled"
  | "call_ended"
  | "call_conflict"
  | "call_full"
  | "too_many_webhook_endpoints"
  | "media_not_uploaded"
  | "media_shared_too_often"
  | "not_replayable"
  | "payload_too_large"
  | "uri_too_long"
  | "media_too_large"
  | "media_type_not_allowed"
  | "media_refused"
  | "media_url_invalid"
  | "media_disabled"
  | "request_timeout"
  | "headers_too_large"
  | "upgrade_required"
  | "rate_limited"
  | "internal"
  | "log_unavailable"
  | "hook_unavailable"
  | "store_unavailable"
  | "media_unavailable"
  | "service_unavailable"
  | "livekit_unavailable"
  | "overloaded"
  | "draining";

/** What a user may do in a room. */
export type Capability =
  | "message.send"
  | "message.update"
  | "message.delete"
  | "message.remove"
  | "message.pin"
  | "message.react"
  | "message.report"
  | "typing.start"
  | "call.start"
  | "call.join"
  | "call.end"
  | "room.read"
  | "room.update"
  | "room.freeze"
  | "room.close"
  | "room.reopen"
  | "room.leave"
  | "member.add"
  | "member.update"
  | "member.remove";

export interface ErrorBody {
  /** One of the closed catalogue. */
  code: ServerErrorCode;
  message: string;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  requestId: string;
  /** With `rate_limited` and, where it is known, other retryable errors: milliseconds to wait before the next try. */
  retryAfterMs?: number;
  /** One entry per bad field. */
  details?: {
    path: string;
    message: string;
  }[];
}

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

export interface Message {
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
}

export interface CallConnection {
  /** How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time. */
  times: number;
  /** When it last did, by LiveKit's clock. */
  lastAt: string | null;
  /** How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why. */
  lost: number;
  /** What it has sent, muted or not, as far as was seen. */
  published: ("microphone" | "camera" | "screen_share")[];
}

export interface CallQuality {
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
}

export interface CallParticipant {
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
  connection: CallConnection | null;
  /** What its device has reported, as last told; null: nothing. */
  quality: CallQuality | null;
}

export interface Call {
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
  participants: CallParticipant[];
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
}

export interface LiveKitAccess {
  /** Of the LiveKit server. */
  url: string;
  /** Opens one connection, soon: ask for another by `token` where it has run out. */
  token: string;
}

export interface CallAnswer {
  call: Call;
  /** null: the call has ended. */
  livekit: LiveKitAccess | null;
}

export interface CallPost {
  kind: "audio" | "video";
  /** The customer's own id of a call, unique in its tenant, or one made for it. */
  callId?: string;
  /** Of a group: whom to ring. Not given: everybody, in a room of at most 32 others, and nobody in a larger one. */
  invite?: string[];
  /** Default 45. */
  ringSeconds?: number;
  /** One of the deployment's LiveKit servers, as its operator calls it. */
  region?: string;
  custom?: Record<string, unknown> | null;
}

export interface CallQualityPost {
  /** How long LiveKit has called the device's connection so; `lost` is also while it connected anew. Before LiveKit has said anything none of them runs. */
  seconds?: {
    excellent: number;
    good: number;
    poor: number;
    lost: number;
  };
  /** How often the device lost its connection and tried to get it back. */
  reconnects?: number;
  /** What the user says: 5 is best. */
  rating?: number;
}

export interface RoomSummary {
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** direct: exactly two members, for ever. group: any number. */
  type: "direct" | "group";
  name: string | null;
  custom: Record<string, unknown> | null;
  /** open: all may send by role. frozen: read-only. closed: read-only and archived. */
  state: "open" | "frozen" | "closed";
  /** When the room becomes read-only by itself. */
  freezeAt: string | null;
  /** When the room closes by itself. */
  closeAt: string | null;
  closedAt: string | null;
  /** RFC 3339, UTC, milliseconds. */
  createdAt: string;
  /** RFC 3339, UTC, milliseconds. */
  updatedAt: string;
  /** The room's newest event. */
  seq: number;
  /** The room's newest message. */
  number: number;
  /** Observers are not counted. */
  memberCount: number;
  lastMessage: Message | null;
  /** The room's call, while there is one. */
  call: Call | null;
  /** owner and member may send, readonly reads. observer is support staff: reads, and is seen by no user. See who may do what. */
  role: "owner" | "member" | "readonly" | "observer";
  /** Where the user stands; smaller than what others are told while it is set back. */
  readNumber: number;
  unread: number;
  /** The user wants no noise of it: for the user alone, and no part of its `unreadTotal`. */
  muted: boolean;
  /** What the reading user may do in the room now: show no more, and guess nothing. */
  capabilities: Capability[];
}

export interface Upload {
  /** Signed: it takes this file's size and type, and nothing else. */
  url: string;
  method: "PUT" | "POST";
  /** To be sent as they are. */
  headers: Record<string, string>;
  /** Of a form, before its file. */
  fields?: Record<string, string>;
  /** RFC 3339, UTC, milliseconds. */
  expiresAt: string;
}

export interface MediaGrant {
  /** A file's id. Nobody can guess it. */
  mediaId: string;
  upload: Upload;
  /** Where its readers ask for a download URL: `GET /v1/media/{mediaId}`. */
  url: string;
}

export interface MediaInfo {
  /** A file's id. Nobody can guess it. */
  mediaId: string;
  uploaderId: string | null;
  /** pending: not completed. refused: what was uploaded is not what was announced. */
  state: "pending" | "ready" | "refused";
  /** A name without a path; at most 256 Unicode code points. */
  fileName: string;
  /** A kind of file that is taken. */
  contentType:
    | "image/jpeg"
    | "image/png"
    | "image/gif"
    | "image/webp"
    | "image/avif"
    | "image/heic"
    | "image/heif"
    | "video/mp4"
    | "video/quicktime"
    | "video/webm"
    | "video/3gpp"
    | "audio/mpeg"
    | "audio/mp4"
    | "audio/aac"
    | "audio/ogg"
    | "audio/webm"
    | "audio/wav"
    | "audio/flac"
    | "application/pdf"
    | "application/zip"
    | "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    | "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    | "text/plain"
    | "text/csv";
  /** Bytes. */
  size: number;
  width: number | null;
  height: number | null;
  /** RFC 3339, UTC, milliseconds. */
  createdAt: string;
  url: string | null;
  expiresAt: string | null;
}

/** What a sender may say of a message. */
export interface MessageContent {
  body?: string | null;
  attachments?: Attachment[];
  replyToId?: string | null;
  mentions?: string[];
  custom?: Record<string, unknown> | null;
  kind?: "text" | "system" | "custom";
  silent?: boolean;
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
  /** What the receiving user has not read in this room. */
  unread: number;
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
  /** What the receiving user has not read in this room. */
  unread: number;
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
  /** What the receiving user may do in the room from now on. */
  capabilities: Capability[];
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
  /** What the receiving user may do in the room from now on. */
  capabilities: Capability[];
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
  /** What the receiving user may do in the room from now on. */
  capabilities: Capability[];
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
  /** What the receiving user may do in the room from now on. */
  capabilities: Capability[];
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
  /** What the receiving user may do in the room from now on. */
  capabilities: Capability[];
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
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
  call: Call;
  /** The customer's own id of a user. */
  userId: string;
  quality: CallQuality;
}

export interface EventHiddenEvent {
  type: "event.hidden";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Dense within the room: the sync cursor. */
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** Of the message, where it made one. */
  number: number | null;
}

/** Events with a `seq`, dense within their room. */
export type DurableEvent =
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
  | EventHiddenEvent;

export interface ReceiptReadEvent {
  type: "receipt.read";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  number: number;
  /** What the receiving user has not read in this room. */
  unread: number;
}

export interface ReceiptDeliveredEvent {
  type: "receipt.delivered";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  number: number;
}

export interface ReceiptUnreadEvent {
  type: "receipt.unread";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  /** From this message on all is unread again. */
  number: number;
  /** What the receiving user has not read in this room. */
  unread: number;
}

export interface RoomFilteredEvent {
  type: "room.filtered";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  /** Those whom the user blocks, as far as this room goes. */
  blocked: string[];
  /** What the receiving user has not read in this room. */
  unread: number;
}

export interface RoomMutedEvent {
  type: "room.muted";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  muted: boolean;
}

export interface UserUpdatedEvent {
  type: "user.updated";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  displayName: string | null;
  avatarUrl: string | null;
  custom: Record<string, unknown> | null;
}

export interface TypingStartedEvent {
  type: "typing.started";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
}

export interface TypingStoppedEvent {
  type: "typing.stopped";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
}

export interface MessageRejectedEvent {
  type: "message.rejected";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
  clientId: string | null;
  /** A message's id. */
  messageId: string;
  /** The frame that was refused. */
  request:
    | "message.send"
    | "message.update"
    | "message.delete"
    | "message.pin"
    | "message.unpin"
    | "reaction.add"
    | "reaction.remove";
  error: ErrorBody;
}

export interface ObserverAddedEvent {
  type: "observer.added";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
}

export interface ObserverRemovedEvent {
  type: "observer.removed";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
  /** The customer's own id of a user. */
  userId: string;
}

export interface PresenceChangedEvent {
  type: "presence.changed";
  /** A customer, brand or environment. */
  tenantId: string;
  /** The customer's own id of a user. */
  userId: string;
  online: boolean;
  /** When the user was last there; null while online, and where that is not known. */
  lastSeenAt: string | null;
  /** RFC 3339, UTC, milliseconds. */
  at: string;
}

/** Events that no resume brings back. */
export type TransientEvent =
  | ReceiptReadEvent
  | ReceiptDeliveredEvent
  | ReceiptUnreadEvent
  | RoomFilteredEvent
  | RoomMutedEvent
  | UserUpdatedEvent
  | TypingStartedEvent
  | TypingStoppedEvent
  | MessageRejectedEvent
  | ObserverAddedEvent
  | ObserverRemovedEvent
  | PresenceChangedEvent;

export interface ConnectedFrame {
  type: "connected";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  sessionId: string;
  /** The customer's own id of a user. */
  userId: string;
  /** A customer, brand or environment. */
  tenantId: string;
  /** The user's open rooms; live events follow each room's seq. */
  rooms: RoomSummary[];
  /** What the user has not read in all its open rooms that are not muted: for a badge. */
  unreadTotal: number;
  heartbeatSeconds: number;
}

/** Too much was missed: read the history of this room again. */
export interface RoomGapFrame {
  type: "room.gap";
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  fromSeq: number;
  toSeq: number;
}

export interface OkFrame {
  type: "ok";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** A message's id. */
  messageId?: string;
  items?: Message[];
  next?: string | null;
  /** Of presence.watch: how each of them stands. */
  presence?: {
    /** The customer's own id of a user. */
    userId: string;
    online: boolean;
    /** When the user was last there; null while online, and where that is not known. */
    lastSeenAt: string | null;
  }[];
}

export interface ErrorFrame {
  type: "error";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  error: ErrorBody;
}

export interface PongFrame {
  type: "pong";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
}

/** What the server says besides events. */
export type ServerFrame = ConnectedFrame | RoomGapFrame | OkFrame | ErrorFrame | PongFrame;

export interface ConnectFromClient {
  type: "connect";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  token: string;
  /** The last seq the client has of each room. Of rooms that are not open, 1000 are looked at. */
  resume?: Record<string, number>;
}

export interface MessageSendFromClient {
  type: "message.send";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** Chosen by the sender, unique per message; a repeat returns the original. */
  clientId: string;
  body?: string | null;
  attachments?: Attachment[];
  replyToId?: string | null;
  mentions?: string[];
  custom?: Record<string, unknown> | null;
  kind?: "text" | "system" | "custom";
  silent?: boolean;
}

export interface MessageUpdateFromClient {
  type: "message.update";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** A message's id. */
  messageId: string;
  body: string | null;
  /** Not given: stays as it is. null: taken away. */
  custom?: Record<string, unknown> | null;
}

export interface MessageDeleteFromClient {
  type: "message.delete";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** A message's id. */
  messageId: string;
}

export interface MessagePinFromClient {
  type: "message.pin";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** A message's id. */
  messageId: string;
}

export interface MessageUnpinFromClient {
  type: "message.unpin";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** A message's id. */
  messageId: string;
}

export interface ReactionAddFromClient {
  type: "reaction.add";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** A message's id. */
  messageId: string;
  /** An emoji, or a word of your own without spaces; at most 32 Unicode code points. URL-encoded in paths. */
  key: string;
}

export interface ReactionRemoveFromClient {
  type: "reaction.remove";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  /** A message's id. */
  messageId: string;
  /** An emoji, or a word of your own without spaces; at most 32 Unicode code points. URL-encoded in paths. */
  key: string;
}

export interface RoomReadFromClient {
  type: "room.read";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  number: number;
}

export interface RoomDeliveredFromClient {
  type: "room.delivered";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  number: number;
}

export interface RoomUnreadFromClient {
  type: "room.unread";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  number: number;
}

export interface RoomMuteFromClient {
  type: "room.mute";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  muted: boolean;
}

export interface PrivacySetFromClient {
  type: "privacy.set";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** false: others are not told what the user receives and reads from now on. */
  receipts?: boolean;
  /** false: to others the user is offline, and was never there. Its server still sees it. */
  presence?: boolean;
}

export interface UserBlockFromClient {
  type: "user.block";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a user. */
  userId: string;
}

export interface UserUnblockFromClient {
  type: "user.unblock";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a user. */
  userId: string;
}

export interface TypingStartFromClient {
  type: "typing.start";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
}

export interface TypingStopFromClient {
  type: "typing.stop";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
}

export interface PresenceWatchFromClient {
  type: "presence.watch";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** All that the session wants to be told of from now on; empty: nobody. */
  userIds: string[];
}

export interface HistoryFromClient {
  type: "history";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  /** The customer's own id of a room, often that of a business object. */
  roomId: string;
  before?: number;
  after?: number;
  limit?: number;
}

export interface TokenRefreshFromClient {
  type: "token.refresh";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
  token: string;
}

export interface PingFromClient {
  type: "ping";
  /** Chosen by the client; the answer carries the same. */
  ref?: string | number;
}

/** What a client may say. */
export type ClientFrame =
  | ConnectFromClient
  | MessageSendFromClient
  | MessageUpdateFromClient
  | MessageDeleteFromClient
  | MessagePinFromClient
  | MessageUnpinFromClient
  | ReactionAddFromClient
  | ReactionRemoveFromClient
  | RoomReadFromClient
  | RoomDeliveredFromClient
  | RoomUnreadFromClient
  | RoomMuteFromClient
  | PrivacySetFromClient
  | UserBlockFromClient
  | UserUnblockFromClient
  | TypingStartFromClient
  | TypingStopFromClient
  | PresenceWatchFromClient
  | HistoryFromClient
  | TokenRefreshFromClient
  | PingFromClient;
