import { type SendsarClient, SendsarError } from "#sdk/js/src/client.ts";
import type { HistoryRecorder, SubscriberRecord } from "./recorder.ts";

interface Who {
  readonly tenantId: string;
  readonly userId: string;
}

/** Takes down what an SDK client hands to its application. Called before it connects. */
export function recordClient(recorder: HistoryRecorder, client: SendsarClient, who: Who): SubscriberRecord {
  const record = recorder.subscriber(who);
  record.session();
  client.on("connected", ({ rooms }) => record.listed(rooms));
  client.on("*", (event) => {
    if ("seq" in event || event.type === "room.gap") record.saw(event);
  });
  return record;
}

/**
 * Sends, and takes down how it ended: a refusal that no repeat mends is a failure, anything else that is not an answer
 * leaves the outcome unknown. Never rejects.
 *
 * @returns what the sender was told, if it was no answer.
 */
export async function recordedSend(
  recorder: HistoryRecorder,
  client: SendsarClient,
  send: Who & { readonly roomId: string; readonly clientId: string; readonly body: string },
): Promise<unknown> {
  const { userId: senderId, ...rest } = send;
  const record = recorder.send({ ...rest, senderId });
  try {
    const { messageId } = await client.send(send.roomId, { clientId: send.clientId, body: send.body });
    record.ok(messageId);
    return null;
  } catch (error) {
    const refused = error instanceof SendsarError && error.requestId !== null && !error.retryable;
    if (refused) record.fail(error.code);
    return error;
  }
}
