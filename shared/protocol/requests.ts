import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { CallKind, CallRegion, qualityFields } from "./calls.ts";
import { Custom } from "./custom.ts";
import { CallId, ClientId, MessageId, RoomId, UserId } from "./ids.ts";
import { Privacy } from "./own-settings.ts";
import {
  Attachment,
  Body,
  MessageKind,
  Name,
  nullable,
  Role,
  RoomLifecycle,
  RoomType,
  strict,
  Time,
  Url,
  WantedMember,
} from "./resources.ts";
import { TenantSettingsPatch } from "./tenant-settings.ts";

/** Bodies of REST requests. Unknown fields are refused, so that a typo never passes silently. */

const profile = {
  displayName: Type.Optional(nullable(Name)),
  avatarUrl: Type.Optional(nullable(Url)),
  custom: Type.Optional(nullable(Custom)),
};

export const TokenRequest = Type.Object(
  {
    userId: UserId,
    ...profile,
    ttlSeconds: Type.Optional(
      Type.Integer({ minimum: limits.tokenTtlSecondsMin, maximum: limits.tokenTtlSecondsMax }),
    ),
  },
  strict,
);
export type TokenRequest = Static<typeof TokenRequest>;

export const UserPut = Type.Object(profile, strict);
export type UserPut = Static<typeof UserPut>;

export const RoomPut = Type.Object(
  {
    type: RoomType,
    members: Type.Array(WantedMember, {
      minItems: 1,
      maxItems: limits.roomPutMembersMax,
    }),
    name: Type.Optional(nullable(Name)),
    custom: Type.Optional(nullable(Custom)),
    freezeAt: Type.Optional(nullable(Time)),
    closeAt: Type.Optional(nullable(Time)),
  },
  strict,
);
export type RoomPut = Static<typeof RoomPut>;

export const RoomPatch = Type.Object(
  {
    name: Type.Optional(nullable(Name)),
    custom: Type.Optional(nullable(Custom)),
    state: Type.Optional(RoomLifecycle),
    freezeAt: Type.Optional(nullable(Time)),
    closeAt: Type.Optional(nullable(Time)),
  },
  { ...strict, minProperties: 1 },
);
export type RoomPatch = Static<typeof RoomPatch>;

export const RoomsClose = Type.Object(
  { roomIds: Type.Array(RoomId, { minItems: 1, maxItems: limits.roomsCloseMax, uniqueItems: true }) },
  strict,
);

export const MemberPut = Type.Object(
  { role: Type.Optional(Role), custom: Type.Optional(nullable(Custom)) },
  strict,
);
export type MemberPut = Static<typeof MemberPut>;

/** What a sender may say of a message, over REST and WebSocket alike. */
export const messageContent = {
  body: Type.Optional(nullable(Body)),
  attachments: Type.Optional(Type.Array(Attachment, { maxItems: limits.attachmentsMax })),
  replyToId: Type.Optional(nullable(MessageId)),
  mentions: Type.Optional(Type.Array(UserId, { maxItems: limits.mentionsMax })),
  custom: Type.Optional(nullable(Custom)),
  kind: Type.Optional(MessageKind),
  silent: Type.Optional(Type.Boolean()),
};
export const MessagePost = Type.Object({ clientId: Type.Optional(ClientId), ...messageContent }, strict);
export type MessagePost = Static<typeof MessagePost>;

export const MessagePatch = Type.Object(
  {
    body: nullable(Body),
    custom: Type.Optional(
      Type.Union([Custom, Type.Null()], { description: "Not given: stays as it is. null: taken away." }),
    ),
  },
  strict,
);
export type MessagePatch = Static<typeof MessagePatch>;

export const ReadPost = Type.Object({ number: Type.Integer({ minimum: 0 }) }, strict);
export type ReadPost = Static<typeof ReadPost>;

export const UnreadPost = Type.Object(
  { number: Type.Integer({ minimum: 1, description: "From this message on all is unread again." }) },
  strict,
);
export type UnreadPost = Static<typeof UnreadPost>;

export const PrivacyPut = Type.Object(
  {
    receipts: Type.Optional(Privacy.properties.receipts),
    presence: Type.Optional(Privacy.properties.presence),
  },
  { ...strict, minProperties: 1 },
);
export type PrivacyPut = Static<typeof PrivacyPut>;

export const TypingPost = Type.Object(
  { typing: Type.Optional(Type.Boolean({ description: "false: stopped. Default true." })) },
  strict,
);
export type TypingPost = Static<typeof TypingPost>;

export const CallPost = Type.Object(
  {
    kind: CallKind,
    callId: Type.Optional(CallId),
    invite: Type.Optional(
      Type.Array(UserId, {
        maxItems: limits.callRungMembersMax,
        uniqueItems: true,
        description: `Of a group: whom to ring. Not given: everybody, in a room of at most ${limits.callRungMembersMax} others, and nobody in a larger one.`,
      }),
    ),
    ringSeconds: Type.Optional(
      Type.Integer({
        minimum: limits.callRingSecondsMin,
        maximum: limits.callRingSecondsMax,
        description: `Default ${limits.callRingSecondsDefault}.`,
      }),
    ),
    region: Type.Optional(CallRegion),
    custom: Type.Optional(nullable(Custom)),
  },
  strict,
);
export type CallPost = Static<typeof CallPost>;

export const CallDecline = Type.Object(
  { busy: Type.Optional(Type.Boolean({ description: "true: the user is in another call." })) },
  strict,
);
export const CallQualityPost = Type.Object(
  {
    seconds: Type.Optional(qualityFields.seconds),
    reconnects: Type.Optional(qualityFields.reconnects),
    rating: Type.Optional(qualityFields.rating),
  },
  { ...strict, minProperties: 1 },
);
export type CallQualityPost = Static<typeof CallQualityPost>;
export const CallEnd = Type.Object(
  { failed: Type.Optional(Type.Boolean({ description: "true, by a server: it could not go on." })) },
  strict,
);

export const TenantPut = Type.Object(
  { name: Type.Optional(nullable(Name)), settings: Type.Optional(TenantSettingsPatch) },
  strict,
);
export type TenantPut = Static<typeof TenantPut>;

export const KeyPost = Type.Object({ description: Type.Optional(Name) }, strict);
export type KeyPost = Static<typeof KeyPost>;
