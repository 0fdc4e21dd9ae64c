import type { InboxAddress } from "#shared/inbox/inbox.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { Outcome as ReplyOutcome } from "#shared/protocol/records.ts";
import type { Quote } from "#shared/protocol/resources.ts";
import { quoteOf } from "#shared/store/quote.ts";
import { isHiddenFrom, readCountableIn } from "#shared/store/shown.ts";
import type { Store } from "#shared/store/store.ts";
import { filtered } from "../room/apply-settings.ts";
import type { InterestRouter } from "./interest-router.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Outcome } from "./room-batch.ts";

interface EmitContext {
  readonly store: Store;
  readonly interest: InterestRouter;
  readonly outgoing: Outgoing;
}

/** Writes out what one command became: its events to all that want the room, and its answer to who waits for it. */
export async function emitOutcome(context: EmitContext, outcome: Outcome): Promise<void> {
  const { outgoing } = context;
  const { tenantId, roomId } = outcome.command;
  const wanting = context.interest.wanting(tenantId, "room", roomId);
  // Before the event after which it is so, which brings everybody its count.
  for (const userId of outcome.recounted) {
    const { state, command } = outcome;
    if (state !== null) deliverReceipt(outgoing, outcome, wanting, filtered(state, userId, command.at));
  }
  for (const row of outcome.events) {
    const event = quoting(row.event, outcome.quote);
    outgoing.event({ ...row, event });
    outgoing.deliver(wanting, { type: "event", event, countable: row.countable });
  }
  const { at } = outcome.events[0]?.event ?? outcome.command;
  for (const { userId, seq } of outcome.joined) {
    outgoing.userCommand({ v: 1, type: "user.joined", tenantId, userId, roomId, seq, at });
  }
  for (const userId of outcome.left) {
    const event = { type: "observer.removed", tenantId, roomId, at, userId } as const;
    outgoing.deliver(wanting, { type: "transient", to: "user", event });
  }
  deliverReceipt(outgoing, outcome, wanting, outcome.receipt);
  if (outcome.notice !== null) outgoing.deliver(wanting, outcome.notice);
  deliverRejection(outgoing, outcome, wanting);
  await reply(context, outcome);
}

function deliverReceipt(
  outgoing: Outgoing,
  { state }: Outcome,
  wanting: InboxAddress[],
  receipt: Outcome["receipt"],
): void {
  if (receipt === null || state === null) return;
  const { event, to } = receipt;
  const { head } = state;
  const marker = { readCountable: readCountableIn(head, receipt), countable: head.countable, seq: head.seq };
  outgoing.deliver(wanting, { type: "transient", to, event, marker });
}

function quoting(event: DurableEvent, quote: Quote | null): DurableEvent {
  return quote === null || event.type !== "message.created" ? event : { ...event, replyTo: quote };
}

/** What a socket asked for, was acknowledged when it was appended, and refused when it was applied. */
function deliverRejection(outgoing: Outgoing, { command, decision }: Outcome, wanting: InboxAddress[]): void {
  if (command.replyTo !== undefined || decision.kind !== "refused" || !("messageId" in command)) return;
  const { tenantId, roomId, at, messageId, actor } = command;
  if (actor.userId === null) return;
  const error = { code: decision.code, message: decision.message, retryable: false, requestId: messageId };
  outgoing.deliver(wanting, {
    type: "transient",
    to: "user",
    event: {
      type: "message.rejected",
      tenantId,
      roomId,
      at,
      userId: actor.userId,
      clientId: command.type === "message.create" ? command.clientId : null,
      messageId,
      request: command.type === "message.create" ? "message.send" : command.type,
      error,
    },
  });
}

async function reply({ store, outgoing }: EmitContext, outcome: Outcome): Promise<void> {
  const { command } = outcome;
  if (command.replyTo === undefined) return;
  const { inbox, partition, requestId } = command.replyTo;
  const answer = await replyOutcome(store, outcome);
  if (answer !== null)
    outgoing.deliver([{ inbox, partition }], { type: "reply", requestId, outcome: answer });
}

/** null: of a repeat whose original is not kept any more. Whoever waits has been answered, by who was the owner then. */
async function replyOutcome(
  store: Store,
  { command: { tenantId, roomId }, decision, state }: Outcome,
): Promise<ReplyOutcome | null> {
  switch (decision.kind) {
    case "refused":
      return { result: "refused", code: decision.code, message: decision.message };
    case "repeat": {
      const row = await store.readMessage(tenantId, roomId, decision.messageId);
      if (row === null) return null;
      const { replyToId } = row.message;
      if (replyToId === null) return { result: "existing", resource: row.message };
      const parent = await store.readMessage(tenantId, roomId, replyToId);
      const { senderId } = row.message;
      const sender = senderId === null ? null : (state?.members.get(senderId) ?? null);
      // A user that has left the room since is shown nothing of what others say now. Nothing is hidden from servers.
      const isAway = senderId !== null && sender === null;
      const isHidden = isAway || isHiddenFrom(sender, parent?.message.senderId ?? null);
      const replyTo = parent === null || isHidden ? null : quoteOf(parent.message);
      return { result: "existing", resource: { ...row.message, replyTo } };
    }
    default:
      return { result: decision.kind, resource: decision.resource };
  }
}
