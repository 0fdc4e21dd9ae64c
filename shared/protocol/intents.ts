import { type Static, Type } from "typebox";
import { ErrorBody } from "./error-body.ts";
import {
  BlockFrame,
  DeleteFrame,
  DeliveredFrame,
  MuteFrame,
  PinFrame,
  PrivacyFrame,
  ReactFrame,
  ReadFrame,
  SendFrame,
  UnblockFrame,
  UnpinFrame,
  UnreactFrame,
  UnreadFrame,
  UpdateFrame,
} from "./frames.ts";
import { MessageId, TenantId, UserId } from "./ids.ts";
import { strict } from "./resources.ts";

/** A write that a socket's user asked for. The gateway vouches for who it is; ingest checks the rest. */
export const Intent = Type.Object(
  {
    tenantId: TenantId,
    userId: UserId,
    frame: Type.Union([
      SendFrame,
      UpdateFrame,
      DeleteFrame,
      PinFrame,
      UnpinFrame,
      ReactFrame,
      UnreactFrame,
      ReadFrame,
      DeliveredFrame,
      UnreadFrame,
      MuteFrame,
      PrivacyFrame,
      BlockFrame,
      UnblockFrame,
    ]),
    vouched: Type.Boolean({
      description: "The gateway follows the room, and by all it has seen the user may do this.",
    }),
  },
  strict,
);
export type Intent = Static<typeof Intent>;

export const IntentResult = Type.Union([
  Type.Object({ ok: Type.Literal(true), messageId: Type.Optional(MessageId) }, strict),
  Type.Object(
    {
      ok: Type.Literal(false),
      code: ErrorBody.properties.code,
      message: Type.String(),
      details: Type.Optional(ErrorBody.properties.details),
      retryAfterMs: Type.Optional(ErrorBody.properties.retryAfterMs),
    },
    strict,
  ),
]);
export type IntentResult = Static<typeof IntentResult>;

/**
 * Takes what the gateway's sockets send: ingest itself in the standalone, HTTP to an ingest node otherwise.
 * One result per intent, in order; `ok` means durable in the log. Rejects with an AppError when nothing is known of
 * the whole batch; a repeat is safe.
 */
export interface IntentSink {
  submit(intents: readonly Intent[]): Promise<IntentResult[]>;
}
