import { randomUUID } from "node:crypto";
import type { Authority } from "#shared/auth/authority.ts";
import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { limits } from "#shared/limits.ts";
import type { OutboundClient } from "#shared/outbound/client.ts";
import { signedHeaders } from "#shared/outbound/signature.ts";
import { BeforeSendAnswer, type BeforeSendCall, type KeptBeforeSend } from "#shared/protocol/before-send.ts";
import { checker } from "#shared/protocol/checker.ts";
import type { CreateMessage, UpdateMessage } from "#shared/protocol/commands.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";
import type { Store } from "#shared/store/store.ts";
import { assertFitsTenant, messageFields } from "../content.ts";
import type { IngestMetrics } from "../metrics.ts";
import { isRepeat } from "../repeats.ts";
import { Breaker } from "./breaker.ts";
import { Places } from "./places.ts";

export interface BeforeSendDeps {
  readonly authority: Pick<Authority, "beforeSend" | "membership" | "settings">;
  readonly store: Pick<Store, "findMessages">;
  readonly outbound: Pick<OutboundClient, "post">;
  readonly clock: Clock;
  readonly metrics: Pick<IngestMetrics, "hookCalls" | "hookSeconds">;
}

type Answer = BeforeSendAnswer | { readonly action: "none"; readonly retryAfterMs: number };

const readAnswer = checker(BeforeSendAnswer);

/**
 * Asks the customer's server about what its users want to say, where it wants to be asked. What comes back is what
 * goes into the log; no replay asks again.
 */
export class BeforeSend {
  readonly #deps: BeforeSendDeps;
  readonly #breaker = new Breaker();
  readonly #places = new Places();

  constructor(deps: BeforeSendDeps) {
    this.#deps = deps;
  }

  /**
   * @returns the message as it may be said. One that was said before is let through: the original is its answer.
   * @throws AppError message_refused, hook_unavailable; of a user that is not in the room room_not_found, not_a_member.
   */
  async message(command: CreateMessage): Promise<CreateMessage> {
    const { tenantId, roomId, messageId, kind, body, custom, attachments, mentions, replyToId, actor } =
      command;
    const hook = await this.#deps.authority.beforeSend(tenantId);
    if (hook === null || actor.userId === null || kind === "system") return command;
    const said = { body, custom, kind, attachments, mentions, replyToId };
    try {
      await this.#assertIn(command);
      const answer = await this.#ask(hook, messageId, {
        type: "message.before_send",
        request: "message.send",
        tenantId,
        roomId,
        messageId,
        senderId: actor.userId,
        at: command.at,
        ...said,
      });
      if (answer?.action !== "rewrite") return command;
      return {
        ...command,
        body: answer.body,
        ...(answer.custom === undefined ? {} : { custom: answer.custom }),
      };
    } catch (refusal) {
      if (await isRepeat(this.#deps.store, command)) return command;
      throw refusal;
    }
  }

  /** The same of an edit. */
  async edit(command: UpdateMessage): Promise<UpdateMessage> {
    const { tenantId, roomId, messageId, body, custom, at, actor } = command;
    const hook = await this.#deps.authority.beforeSend(tenantId);
    if (hook === null || actor.userId === null) return command;
    await this.#assertIn(command);
    const answer = await this.#ask(hook, `${messageId}.${randomUUID()}`, {
      type: "message.before_send",
      request: "message.update",
      tenantId,
      roomId,
      messageId,
      senderId: actor.userId,
      at,
      body,
      ...(custom === undefined ? {} : { custom }),
    });
    if (answer?.action !== "rewrite") return command;
    return {
      ...command,
      body: answer.body,
      ...(answer.custom === undefined ? {} : { custom: answer.custom }),
    };
  }

  /** Nobody makes the customer's server be called from a room that it is not in. */
  async #assertIn({ tenantId, roomId, actor }: CreateMessage | UpdateMessage): Promise<void> {
    if (actor.kind !== "client" || actor.userId === null) return;
    await this.#deps.authority.membership(tenantId, roomId, actor.userId);
  }

  /** @returns null where the message goes on as it is. */
  async #ask(hook: KeptBeforeSend, id: string, call: BeforeSendCall) {
    const answer = await this.#answerOf(hook, id, call);
    this.#deps.metrics.hookCalls.inc({ outcome: answer.action });
    if (answer.action === "refuse") throw new AppError("message_refused", answer.reason);
    if (answer.action === "none") {
      if (hook.onFailure === "open") return null;
      throw new AppError("hook_unavailable", undefined, { retryAfterMs: answer.retryAfterMs });
    }
    return answer;
  }

  async #answerOf(hook: KeptBeforeSend, id: string, call: BeforeSendCall): Promise<Answer> {
    const { authority, clock, outbound, metrics } = this.#deps;
    const { tenantId } = call;
    const begunMs = performance.now();
    const restsMs = this.#breaker.restsMs(tenantId, clock.nowMs());
    if (restsMs > 0) return { action: "none", retryAfterMs: restsMs };
    const none = { action: "none", retryAfterMs: limits.hookRestMsMin } as const;
    if (!(await this.#places.take(tenantId, hook.timeoutMs))) return none;
    const stop = metrics.hookSeconds.startTimer();
    try {
      const atMs = clock.nowMs();
      const timeoutMs = Math.max(1, Math.floor(hook.timeoutMs - (performance.now() - begunMs)));
      const body = JSON.stringify(call);
      const secrets = hook.secrets
        .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > atMs)
        .map(({ secret }) => secret);
      const headers = {
        "content-type": "application/json",
        "user-agent": "Sendsar-Webhooks/1",
        "webhook-attempt": "1",
        ...signedHeaders({ id, atMs, body, secrets }),
      };
      const answerBytesMax = limits.hookAnswerBytesMax;
      const { status, body: text } = await outbound.post({
        url: hook.url,
        headers,
        body,
        timeoutMs,
        answerBytesMax,
      });
      if (status < 200 || status > 299) throw new Error(`answered ${status}`);
      const answer = readAnswer(JSON.parse(text));
      if (answer.action === "rewrite") assertSayable(call, answer, await authority.settings(tenantId));
      this.#breaker.succeeded(tenantId);
      return answer;
    } catch {
      this.#breaker.failed(tenantId, clock.nowMs());
      return none;
    } finally {
      stop();
      this.#places.give(tenantId);
    }
  }
}

/** What a user of the tenant could have said. */
function assertSayable(
  call: BeforeSendCall,
  { body, custom }: Extract<BeforeSendAnswer, { action: "rewrite" }>,
  settings: TenantSettings,
): void {
  assertCustomFits(custom, "/custom");
  assertFitsTenant({ body, custom }, settings);
  if (call.request === "message.update") return;
  const { kind = "text", attachments = [] } = call;
  messageFields({ kind, body, attachments, custom: custom === undefined ? (call.custom ?? null) : custom });
}
