import type { History, Send, Violation } from "./history.ts";
import { groupBy, sendKey } from "./keys.ts";
import { liveMessages } from "./live-messages.ts";

interface Shown {
  readonly id: string;
  readonly tenantId: string;
  readonly roomId: string;
  readonly senderId: string | null;
  readonly clientId: string | null;
  readonly body: string | null;
}

/**
 * I2: no message is invented. Whatever is in a history or was seen live was sent, with this body, and not refused.
 * I6, where it was sent in another tenant: it crossed over.
 */
export function* checkInventedMessages(history: History): Generator<Violation> {
  const sends = groupBy(history.sends, sendKey);
  const tenantsOf = groupBy(history.sends, ({ clientId, body }) => `${clientId}\n${body}`);
  const judged = new Set<string>();

  for (const { shown, where } of allShown(history)) {
    // The same thing is shown to many: one word about it is enough.
    const key = `${sendKey(shown)}\n${shown.id}\n${shown.body}`;
    if (judged.has(key)) continue;
    judged.add(key);
    const fault = faultOf(shown, sends.get(sendKey(shown)) ?? []);
    if (fault === null) continue;
    const from = tenantsOf
      .get(`${shown.clientId}\n${shown.body}`)
      ?.find((send) => send.tenantId !== shown.tenantId);
    const what = `${shown.id} in ${shown.roomId} (${where})`;
    yield from === undefined
      ? { invariant: "I2", message: `${what} ${fault}` }
      : { invariant: "I6", message: `${what} was sent in tenant ${from.tenantId}` };
  }
}

function faultOf(shown: Shown, sends: readonly Send[]): string | null {
  if (sends.length === 0) return "was never sent";
  if (sends.every(({ outcome }) => outcome.type === "fail")) return "was refused";
  return sends.some(({ body }) => body === shown.body) ? null : "was sent with another body";
}

function* allShown(history: History): Generator<{ shown: Shown; where: string }> {
  for (const { tenantId, messages } of history.rooms) {
    for (const message of messages) yield { shown: { ...message, tenantId }, where: "history" };
  }
  for (const { event, subscriber } of liveMessages(history)) {
    yield { shown: { ...event, id: event.messageId }, where: `live to ${subscriber.name}` };
  }
}
