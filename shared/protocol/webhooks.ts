import { type Static, type TProperties, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { derivedEvents } from "./derived-events.ts";
import { durableEvents } from "./events.ts";
import { RoomId, TenantId } from "./ids.ts";
import { Name, nullable, strict, Time, Url } from "./resources.ts";
import { RoomPattern, roomPatternDoc } from "./room-pattern.ts";

/** Endpoints of customers' servers, and what is sent to them. */

/** What an endpoint can ask for. */
const webhookEventTypes: readonly string[] = [...durableEvents, ...derivedEvents].map(
  ({ properties }) => properties.type.const,
);

export const WebhookEndpointId = Type.String({
  pattern: "^whe_[A-Za-z0-9_-]{22}$",
  description: "An endpoint's id.",
});
export const WebhookDeliveryId = Type.String({
  pattern: "^dlv_[0-9a-z]{29}$",
  description: "A delivery's id; ids are in the order of their times.",
});
export const WebhookEventType = Type.Enum(webhookEventTypes as string[]);
const RoomsWanted = Type.String({
  ...RoomPattern,
  description: `Only events of rooms with such an id. ${roomPatternDoc}`,
});
const Secret = Type.String({
  description: "`whsec_` and the key in base64. Keep it: it is not shown again.",
});

const PublicKeys = Type.Array(Type.String(), {
  description:
    "`whpk_` and an ed25519 key in base64, the newest first: those whose signatures deliveries carry. None where it is not asymmetric.",
});

const afterSeconds = (seconds: number, what: string) =>
  Type.Integer({
    minimum: 1,
    maximum: limits.webhookAfterSecondsMax,
    description: `Of ${what} Default ${seconds}.`,
  });

const settings = {
  url: Url,
  events: Type.Array(WebhookEventType, {
    maxItems: webhookEventTypes.length,
    description:
      "Only events of these types. None: all that are in a room's history, those of later releases included. " +
      "message.unread, room.idle, member.first_reply and message.reported are sent only where they are named.",
  }),
  roomPattern: nullable(RoomsWanted),
  description: nullable(Name),
  headers: Type.Record(
    Type.String(),
    Type.String({ maxLength: limits.webhookHeaderCharsMax, pattern: "^[\\x20-\\x7e]*$" }),
    {
      maxProperties: limits.webhookHeadersMax,
      description: "Sent with every delivery, such as an `authorization` that the receiver asks for.",
    },
  ),
  asymmetric: Type.Boolean({
    description:
      "Deliveries carry a `v1a` signature (ed25519) beside the `v1` of the secret: who checks it by one of `publicKeys` has nothing to keep secret.",
  }),
  ordered: Type.Boolean({
    description:
      "The next event of a room waits until the one before was taken, or given up. With `batch` it may go in the same call, after that.",
  }),
  batch: nullable(
    Type.Object(
      {
        maxEvents: Type.Integer({
          minimum: 2,
          maximum: limits.webhookBatchEventsMax,
          description: "So many events go in one call at most.",
        }),
        maxWaitMs: Type.Integer({
          minimum: 0,
          maximum: limits.webhookBatchWaitMsMax,
          description: "So long the first waits for the others, in milliseconds.",
        }),
      },
      {
        ...strict,
        description:
          "Several events in one call: all that this endpoint is sent is then a `webhook.batch`. null: each event alone.",
      },
    ),
  ),
  concurrency: Type.Integer({
    minimum: 1,
    maximum: limits.webhookConcurrentRequestsMax,
    description: `Calls under way at a time, per node. Default ${limits.webhookConcurrentRequestsDefault}.`,
  }),
  ratePerSecond: nullable(
    Type.Integer({
      minimum: 1,
      maximum: limits.webhookRatePerSecondMax,
      description: "Calls begun in a second, per node; null: no bound.",
    }),
  ),
  unreadAfterSeconds: afterSeconds(
    limits.webhookUnreadAfterSecondsDefault,
    "message.unread: how long somebody must not have read a message.",
  ),
  idleAfterSeconds: afterSeconds(
    limits.webhookIdleAfterSecondsDefault,
    "room.idle: for how long nothing must have been said.",
  ),
};
const enabled = Type.Boolean({
  description: "While it is false nothing is sent; what happens is kept in the log.",
});

const optional = (fields: TProperties & typeof settings) => ({
  url: Type.Optional(fields.url),
  events: Type.Optional(fields.events),
  roomPattern: Type.Optional(fields.roomPattern),
  description: Type.Optional(fields.description),
  headers: Type.Optional(fields.headers),
  asymmetric: Type.Optional(fields.asymmetric),
  ordered: Type.Optional(fields.ordered),
  batch: Type.Optional(fields.batch),
  concurrency: Type.Optional(fields.concurrency),
  ratePerSecond: Type.Optional(fields.ratePerSecond),
  unreadAfterSeconds: Type.Optional(fields.unreadAfterSeconds),
  idleAfterSeconds: Type.Optional(fields.idleAfterSeconds),
  enabled: Type.Optional(enabled),
});

export const WebhookEndpointPost = Type.Object({ ...optional(settings), url: Url }, strict);
export type WebhookEndpointPost = Static<typeof WebhookEndpointPost>;
export const WebhookEndpointPatch = Type.Object(optional(settings), { ...strict, minProperties: 1 });
export type WebhookEndpointPatch = Static<typeof WebhookEndpointPatch>;

const DisabledReason = Type.Enum(["by_request", "gone", "failing"], {
  description:
    "by_request: you did. gone: it answered 410. failing: for days it took nothing. Enable it again by `enabled: true`.",
});
export type DisabledReason = Static<typeof DisabledReason>;

export const WebhookEndpoint = Type.Object(
  {
    endpointId: WebhookEndpointId,
    ...settings,
    publicKeys: PublicKeys,
    enabled,
    disabledReason: nullable(DisabledReason),
    disabledAt: nullable(Time),
    failingSince: Type.Union([Time, Type.Null()], {
      description: "Since then it took nothing of what was sent; null: it took what was sent last.",
    }),
    createdAt: Time,
    updatedAt: Time,
  },
  strict,
);
export type WebhookEndpoint = Static<typeof WebhookEndpoint>;

export const NewWebhookEndpoint = Type.Object({ ...WebhookEndpoint.properties, secret: Secret }, strict);
export const RotatedWebhookSecret = Type.Object(
  {
    endpointId: WebhookEndpointId,
    secret: Secret,
    publicKeys: PublicKeys,
    /** Until then deliveries carry signatures by the secret and the key before as well. */
    previousExpiresAt: Time,
  },
  strict,
);

export const DeliveryStatus = Type.Enum(["pending", "succeeded", "failed", "exhausted"], {
  description:
    "pending: not tried yet. succeeded. failed: it will be tried again. exhausted: it will not, unless you ask.",
});
export type DeliveryStatus = Static<typeof DeliveryStatus>;

export const WebhookDelivery = Type.Object(
  {
    deliveryId: WebhookDeliveryId,
    endpointId: WebhookEndpointId,
    eventId: Type.String({
      description: "The `webhook-id` that the receiver sees: the same for every try, and for every endpoint.",
    }),
    eventType: Type.String({ description: "That of the event, or `webhook.test`, or `webhook.batch`." }),
    roomId: nullable(RoomId),
    seq: nullable(Type.Integer({ minimum: 1 })),
    status: DeliveryStatus,
    batchId: Type.Union([WebhookDeliveryId, Type.Null()], {
      description: "The delivery of type `webhook.batch` by which it goes with others; null: it goes alone.",
    }),
    createdAt: Time,
    nextAttemptAt: nullable(Time),
    attemptCount: Type.Integer({ minimum: 0 }),
    attempts: Type.Array(
      Type.Object(
        {
          at: Time,
          statusCode: nullable(Type.Integer({ description: "null: there was no answer." })),
          latencyMs: Type.Integer({ minimum: 0 }),
          response: Type.String({ description: "The beginning of the answer, or why there was none." }),
        },
        strict,
      ),
      { description: `The newest ${limits.webhookAttemptsKeptMax}, oldest first.` },
    ),
  },
  strict,
);
export type WebhookDelivery = Static<typeof WebhookDelivery>;

export const WebhookReplayPost = Type.Object(
  {
    from: Time,
    to: Time,
    status: Type.Optional(DeliveryStatus),
  },
  { ...strict, description: "Deliveries made in that time, of that status if it is given, are made again." },
);
export type WebhookReplayPost = Static<typeof WebhookReplayPost>;

/** Sent because somebody asked for it, whatever the endpoint's filters. Of no room, so it has no seq. */
export const WebhookTest = Type.Object(
  { type: Type.Literal("webhook.test"), tenantId: TenantId, endpointId: WebhookEndpointId, at: Time },
  { ...strict, title: "webhook.test" },
);
export type WebhookTest = Static<typeof WebhookTest>;

export const webhookBatch = "webhook.batch";
/** What endpoints get that want several events in a call. It is a delivery of its own, under an id of its own. */
export const WebhookBatch = Type.Object(
  {
    type: Type.Literal(webhookBatch),
    tenantId: TenantId,
    endpointId: WebhookEndpointId,
    at: Time,
    events: Type.Array(
      Type.Object(
        {
          id: Type.String({ description: "What `webhook-id` would be if it came alone." }),
          event: Type.Record(Type.String(), Type.Unknown(), { description: "As it would come alone." }),
        },
        strict,
      ),
      { description: "Those of a room are in their order." },
    ),
  },
  { ...strict, title: webhookBatch },
);

/** All that a receiver may be sent. */
export const webhookEvents = [...durableEvents, ...derivedEvents, WebhookTest, WebhookBatch] as const;
