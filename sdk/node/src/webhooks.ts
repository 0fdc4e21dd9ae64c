import type { WebhookEvent } from "./events.ts";
import { WebhookVerificationError } from "./verification-error.ts";
import { matcherOf } from "./verification-key.ts";

export type { WebhookEvent } from "./events.ts";
export type { VerificationCode } from "./verification-error.ts";
export { WebhookVerificationError } from "./verification-error.ts";

/** Headers as any framework has them: those of `fetch`, of `node:http`, or a plain object in any letter case. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookCall {
  /** The body as it came, before anything parses it: the signature is over its bytes. */
  readonly body: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /**
   * The endpoint's secret, or its public key where it is asymmetric; several while one takes the place of another. One
   * that matches is enough.
   */
  readonly secrets: string | readonly string[];
  /** How far the call's time may be from now, either way. Default 300. */
  readonly toleranceSeconds?: number;
  /** The time now, in milliseconds. Default `Date.now()`. */
  readonly nowMs?: number;
}

export interface ReceivedWebhook {
  /** The same for every try: a call may come again, so keep the ids that you have dealt with. */
  readonly id: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly event: WebhookEvent;
  /**
   * The same with what its `id` is when it comes alone; of a `webhook.batch` those that are in it. One loop for both:
   * keep these ids rather than the call's where an endpoint has `batch`.
   */
  readonly events: readonly { readonly id: string; readonly event: WebhookEvent }[];
}

const toleranceSecondsDefault = 300;
/** Sendsar signs with up to four secrets and as many keys; more than so many signatures are not looked at. */
const signaturesMax = 16;

/**
 * Checks that a call is a delivery of Sendsar's, of now and unchanged.
 *
 * @throws WebhookVerificationError where it is not: answer 400.
 * @throws TypeError where a secret is none, or the body is not as it came.
 */
export function verifyWebhook(call: WebhookCall): ReceivedWebhook {
  const { body, toleranceSeconds = toleranceSecondsDefault, nowMs = Date.now() } = call;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw new TypeError("The body must be a string or bytes, as it came: turn off what parses it.");
  }
  const matchers = [call.secrets].flat().map(matcherOf);
  if (matchers.length === 0) throw new TypeError("No secret is given.");
  const header = (name: string) => readHeader(call.headers, name);
  const id = must(header, "webhook-id");
  const timestamp = must(header, "webhook-timestamp");
  const given = must(header, "webhook-signature");
  assertNear(timestamp, nowMs / 1_000, toleranceSeconds);
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), bytesOf(body)]);
  const signatures = given.split(" ", signaturesMax);
  // All are compared, each in constant time.
  const found = matchers.flatMap((matches) => signatures.map((signature) => matches(signature, content)));
  if (!found.includes(true)) {
    throw new WebhookVerificationError(
      "no_matching_signature",
      "No signature matches: the secret is another endpoint's, or the body is not as it came.",
    );
  }
  const event = parse(body);
  const events =
    event.type === "webhook.batch" ? (event.events as unknown as ReceivedWebhook["events"]) : [{ id, event }];
  return { id, attempt: Number(header("webhook-attempt") ?? 1), event, events };
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : body;
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if ("get" in headers && typeof headers.get === "function") return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return Array.isArray(found) ? found[0] : (found as string | undefined);
}

function must(header: (name: string) => string | undefined, name: string): string {
  const value = header(name);
  if (value === undefined || value === "") {
    throw new WebhookVerificationError("missing_header", `The call has no header \`${name}\`.`);
  }
  return value;
}

/** A call that somebody has recorded is of no use later. */
function assertNear(timestamp: string, nowSeconds: number, toleranceSeconds: number): void {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError("malformed_header", "`webhook-timestamp` is not a time in seconds.");
  }
  const behind = nowSeconds - Number(timestamp);
  if (behind > toleranceSeconds) {
    throw new WebhookVerificationError("timestamp_too_old", `The call is ${Math.round(behind)} s old.`);
  }
  if (behind < -toleranceSeconds) {
    const ahead = Math.round(-behind);
    throw new WebhookVerificationError(
      "timestamp_too_new",
      `The call is of ${ahead} s from now: see your clock.`,
    );
  }
}

function parse(body: string | Uint8Array): WebhookEvent {
  try {
    return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8"));
  } catch (cause) {
    throw new WebhookVerificationError("malformed_body", "The body is no JSON.", { cause });
  }
}
