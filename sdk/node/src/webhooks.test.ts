import { generateKeyPairSync, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { withoutLayout } from "../../js/generate/printer.ts";
import { generateWebhookEvents, readWebhookEvents } from "../../js/generate/webhook-events.ts";
import { verifyWebhook, type WebhookCall, WebhookVerificationError } from "./webhooks.ts";

const nowMs = Date.parse("2026-03-14T09:00:00.000Z");
const secretOf = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;
const [secret, other] = [secretOf(1), secretOf(2)];
const body = JSON.stringify({ type: "message.created", roomId: "order_1", body: "Driver is 2 min away 🚗" });
/** By an independent program. */
const signed = (by = secret, at = nowMs, text = body) => new Webhook(by).sign("evt_1", new Date(at), text);
const headersOf = (signature = signed(), at = nowMs) => ({
  "webhook-id": "evt_1",
  "webhook-timestamp": String(at / 1_000),
  "webhook-signature": signature,
  "webhook-attempt": "2",
});
const call = (change: Partial<WebhookCall> = {}): WebhookCall => ({
  body,
  headers: headersOf(),
  secrets: secret,
  nowMs,
  ...change,
});

function refusal(change: Partial<WebhookCall>): string {
  try {
    verifyWebhook(call(change));
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.code;
    throw error;
  }
  return "none";
}

test("the types are those of the server's schemas", async () => {
  const stale = withoutLayout(await readWebhookEvents()) !== withoutLayout(generateWebhookEvents());
  expect(stale, "src/events.ts is stale: run `node sdk/js/generate/main.ts`").toBe(false);
});

test("a delivery gives its event, its id and which try it is", () => {
  const { id, attempt, event } = verifyWebhook(call());
  expect([id, attempt]).toEqual(["evt_1", 2]);
  if (event.type !== "message.created") throw new Error("another type");
  expect(event.body).toBe("Driver is 2 min away 🚗");
});

test.each([
  ["of fetch", new Headers(headersOf())],
  [
    "in other letters",
    { "Webhook-Id": "evt_1", "WEBHOOK-TIMESTAMP": String(nowMs / 1_000), "Webhook-Signature": signed() },
  ],
  ["as lists", Object.fromEntries(Object.entries(headersOf()).map(([name, value]) => [name, [value]]))],
])("headers are taken %s", (_, headers) => {
  expect(verifyWebhook(call({ headers })).id).toBe("evt_1");
});

test("a body is taken as text and as bytes, and never parsed", () => {
  expect(verifyWebhook(call({ body: Buffer.from(body) })).id).toBe("evt_1");
  expect(verifyWebhook(call({ body: new TextEncoder().encode(body) })).id).toBe("evt_1");
  const parsed = JSON.parse(body) as string;
  expect(() => verifyWebhook(call({ body: parsed }))).toThrow(/as it came/);
});

test("one of several secrets and one of several signatures that match are enough", () => {
  const both = headersOf(`${signed(other)} v1a,AAAA ${signed()}`);
  expect(refusal({ headers: both })).toBe("none");
  expect(refusal({ headers: both, secrets: other })).toBe("none");
  expect(refusal({ secrets: [other, secret] })).toBe("none");
  expect(refusal({ secrets: [secret.slice("whsec_".length)] })).toBe("none");
  expect(refusal({ secrets: [other, secretOf(3)] })).toBe("no_matching_signature");
});

test("an asymmetric endpoint's delivery is checked by its public key, and by no other", () => {
  const pair = () => generateKeyPairSync("ed25519");
  const publicKeyOf = ({ publicKey }: ReturnType<typeof pair>) => {
    const { x = "" } = publicKey.export({ format: "jwk" });
    return `whpk_${Buffer.from(x, "base64url").toString("base64")}`;
  };
  const [ours, others] = [pair(), pair()];
  const content = Buffer.from(`evt_1.${nowMs / 1_000}.${body}`);
  const signature = `v1a,${sign(null, content, ours.privateKey).toString("base64")}`;
  const headers = headersOf(`${signed(other)} ${signature}`);
  expect(refusal({ headers, secrets: publicKeyOf(ours) })).toBe("none");
  expect(refusal({ headers, secrets: [publicKeyOf(others), publicKeyOf(ours)] })).toBe("none");
  expect(refusal({ headers, secrets: publicKeyOf(others) })).toBe("no_matching_signature");
  expect(refusal({ headers, secrets: publicKeyOf(ours), body: `${body} ` })).toBe("no_matching_signature");
  const asSecret = headersOf(signature.replace("v1a,", "v1,"));
  expect(refusal({ headers: asSecret, secrets: publicKeyOf(ours) })).toBe("no_matching_signature");
  expect(refusal({ headers: headersOf("v1a,AAAA"), secrets: publicKeyOf(ours) })).toBe(
    "no_matching_signature",
  );
});

describe("what is no delivery is refused", () => {
  test.each<[string, Partial<WebhookCall>, string]>([
    ["another body", { body: body.replace("2 min", "3 min") }, "no_matching_signature"],
    ["another id", { headers: { ...headersOf(), "webhook-id": "evt_2" } }, "no_matching_signature"],
    ["another time", { headers: headersOf(signed(), nowMs + 1_000) }, "no_matching_signature"],
    ["no signature of this kind", { headers: headersOf("v1a,AAAA") }, "no_matching_signature"],
    ["a beginning of a signature", { headers: headersOf(signed().slice(0, 20)) }, "no_matching_signature"],
    ["an empty signature", { headers: headersOf("v1,") }, "no_matching_signature"],
    ["no headers", { headers: {} }, "missing_header"],
    ["a time that is none", { headers: { ...headersOf(), "webhook-timestamp": "1e9" } }, "malformed_header"],
    ["a call of before", { nowMs: nowMs + 301_000 }, "timestamp_too_old"],
    ["a call of later", { nowMs: nowMs - 301_000 }, "timestamp_too_new"],
    ["no JSON", { body: "{", headers: headersOf(signed(secret, nowMs, "{")) }, "malformed_body"],
  ])("%s", (_, change, code) => {
    expect(refusal(change)).toBe(code);
  });

  test("but a call of some minutes ago is taken", () => {
    expect(refusal({ nowMs: nowMs + 299_000 })).toBe("none");
    expect(refusal({ nowMs: nowMs - 299_000 })).toBe("none");
    expect(refusal({ nowMs: nowMs + 2_000, toleranceSeconds: 1 })).toBe("timestamp_too_old");
  });
});

test.each([["whsec_"], ["whsec_c2hvcnQ="], ["not base64 !"], [""], ["whpk_c2hvcnQ="], ["whsk_c2hvcnQ="]])(
  "the secret %j is the program's mistake",
  (wrong) => {
    expect(() => verifyWebhook(call({ secrets: [secret, wrong] }))).toThrow(TypeError);
  },
);
