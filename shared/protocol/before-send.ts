import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { Custom } from "./custom.ts";
import { MessageId, RoomId, TenantId, UserId } from "./ids.ts";
import { Attachment, Body, MessageKind, nullable, strict, Time, Url } from "./resources.ts";

/** A call to the customer's server before a message is said, which may refuse or rewrite it. */

const settings = {
  url: Url,
  timeoutMs: Type.Integer({
    minimum: limits.hookMsMin,
    maximum: limits.hookMsMax,
    description: `How long an answer is waited for. Default ${limits.hookMsDefault}.`,
  }),
  onFailure: Type.Enum(["open", "closed"], {
    description:
      "Where there is no good answer in time. open: the message is said as it is. closed: it is refused with `hook_unavailable`, to be tried again.",
  }),
};

export const BeforeSendPut = Type.Object(
  { ...settings, timeoutMs: Type.Optional(settings.timeoutMs) },
  strict,
);
export type BeforeSendPut = Static<typeof BeforeSendPut>;

const shown = { ...settings, createdAt: Time, updatedAt: Time };
export const BeforeSendHook = Type.Object(shown, strict);
export type BeforeSendHook = Static<typeof BeforeSendHook>;

const Secret = Type.String({
  description: "`whsec_` and the key in base64. Keep it: it is not shown again.",
});
export const NewBeforeSendHook = Type.Object({ ...shown, secret: Secret }, strict);
export const BeforeSendSecret = Type.Object({ secret: Secret, previousExpiresAt: Time }, strict);

/** As it is kept, with its tenant. */
export interface KeptBeforeSend extends BeforeSendHook {
  /** The newest first; those before count until they expire. */
  readonly secrets: readonly { readonly secret: string; readonly expiresAt: string | null }[];
}

/** What the customer's server is asked. */
export const BeforeSendCall = Type.Object(
  {
    type: Type.Literal("message.before_send"),
    request: Type.Enum(["message.send", "message.update"], {
      description: "Of an edit there are `body` and, where it changes, `custom` alone.",
    }),
    tenantId: TenantId,
    roomId: RoomId,
    messageId: MessageId,
    senderId: UserId,
    at: Time,
    body: nullable(Body),
    custom: Type.Optional(nullable(Custom)),
    kind: Type.Optional(MessageKind),
    attachments: Type.Optional(Type.Array(Attachment)),
    mentions: Type.Optional(Type.Array(UserId)),
    replyToId: Type.Optional(nullable(MessageId)),
  },
  strict,
);
export type BeforeSendCall = Static<typeof BeforeSendCall>;

/** What it may answer. Fields that are not named here are passed over. */
export const BeforeSendAnswer = Type.Union([
  Type.Object({ action: Type.Literal("accept") }),
  Type.Object({
    action: Type.Literal("refuse"),
    reason: Type.String({ minLength: 1, maxLength: limits.nameCodePointsMax }),
  }),
  Type.Object({
    action: Type.Literal("rewrite"),
    body: nullable(Body),
    custom: Type.Optional(nullable(Custom)),
  }),
]);
export type BeforeSendAnswer = Static<typeof BeforeSendAnswer>;
