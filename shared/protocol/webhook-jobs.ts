import { type Static, Type } from "typebox";
import { MessageReported } from "./derived-events.ts";
import { RoomId, TenantId } from "./ids.ts";
import { strict, Time } from "./resources.ts";
import { DeliveryStatus, WebhookDeliveryId, WebhookEndpointId } from "./webhooks.ts";

const envelope = { v: Type.Literal(1), tenantId: TenantId };

const { reportId, messageId, reason, reporterId } = MessageReported.properties;
const reportFields = { reportId, messageId, reason, reporterId };

/** `webhook-jobs`: what the owner of a partition's deliveries is asked to do, by a customer's server or by a report. */
export const WebhookJobRecord = Type.Union(
  [
    Type.Object(
      { ...envelope, type: Type.Literal("retry"), deliveryId: WebhookDeliveryId },
      { ...strict, title: "retry" },
    ),
    Type.Object(
      {
        ...envelope,
        type: Type.Literal("test"),
        endpointId: WebhookEndpointId,
        deliveryId: WebhookDeliveryId,
        at: Time,
      },
      { ...strict, title: "test" },
    ),
    Type.Object(
      {
        ...envelope,
        type: Type.Literal("report"),
        roomId: RoomId,
        at: Time,
        ...reportFields,
      },
      { ...strict, title: "report" },
    ),
    Type.Object(
      {
        ...envelope,
        type: Type.Literal("replay"),
        endpointId: WebhookEndpointId,
        status: Type.Optional(DeliveryStatus),
        after: Type.String({ description: "Deliveries with a greater id …" }),
        before: Type.String({
          description: "… and a smaller one. A part that is done appends the rest anew.",
        }),
      },
      { ...strict, title: "replay" },
    ),
  ],
  { title: "webhook job" },
);
export type WebhookJobRecord = Static<typeof WebhookJobRecord>;
