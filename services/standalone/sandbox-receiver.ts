import { verifyWebhook, type WebhookEvent, WebhookVerificationError } from "#sdk/node/src/webhooks.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { OutboundAnswer } from "#shared/outbound/client.ts";

/** A delivery as it came to the page's receiver. */
export interface ReceivedCall {
  /** Counts them, from 1. */
  readonly n: number;
  readonly at: string;
  readonly id: string | null;
  readonly attempt: string | null;
  /** `verified`, or why not: a code of `sdk/node`. */
  readonly signature: string;
  readonly status: number;
  /** null where the signature does not hold: then it may be another's. */
  readonly event: WebhookEvent | null;
}

interface DeliveredCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Calls that the page can show; older ones go. */
const callsMax = 100;

/**
 * The customer's server of the sandbox page. Deliveries are handed to it within the process: its URL names nothing that
 * could be dialled, and the guard against calls to this machine stays as it is.
 */
export class SandboxReceiver {
  readonly url = "https://receiver.sandbox.invalid/";
  readonly calls: ReceivedCall[] = [];
  /** The page has asked it to fail, to see retries. */
  failing = false;
  /** Of its endpoint, once there is one. */
  secret: string | null = null;
  readonly #clock: Clock;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async post(call: DeliveredCall): Promise<OutboundAnswer> {
    const { signature, event } = this.#check(call);
    const status = event === null ? 400 : this.failing ? 500 : 204;
    this.#count += 1;
    this.calls.push({
      n: this.#count,
      at: rfc3339(this.#clock.nowMs()),
      id: call.headers["webhook-id"] ?? null,
      attempt: call.headers["webhook-attempt"] ?? null,
      signature,
      status,
      event,
    });
    if (this.calls.length > callsMax) this.calls.shift();
    return { status, retryAfter: null, body: signature };
  }

  #check({ headers, body }: DeliveredCall): Pick<ReceivedCall, "signature" | "event"> {
    if (this.secret === null) return { signature: "no_secret", event: null };
    try {
      const { event } = verifyWebhook({
        body,
        headers,
        secrets: this.secret,
        nowMs: this.#clock.nowMs(),
      });
      return { signature: "verified", event };
    } catch (error) {
      if (error instanceof WebhookVerificationError) return { signature: error.code, event: null };
      throw error;
    }
  }
}
