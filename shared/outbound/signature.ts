import { createHmac, type KeyObject, sign } from "node:crypto";
import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";
import { isPrivateKey, keyObjectOf } from "./webhook-keys.ts";

/** By what they are written as: making a key costs several times what signing with it does. */
const keys = new LRUCache<string, KeyObject>({ max: limits.webhookKeysMax });

/**
 * The headers of Standard Webhooks 1.0: one signature for each key that counts, so that a receiver that has not yet
 * learned of a new one goes on. A secret signs as `v1`, a private key as `v1a`.
 */
export function signedHeaders(message: {
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
  readonly secrets: readonly string[];
}): Record<string, string> {
  const { id, atMs, body, secrets } = message;
  const timestamp = String(Math.floor(atMs / 1_000));
  const content = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => signatureOf(secret, content));
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

function signatureOf(secret: string, content: string): string {
  const key = keyOf(secret);
  return isPrivateKey(secret)
    ? `v1a,${sign(null, Buffer.from(content), key).toString("base64")}`
    : `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
}

function keyOf(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const key = keyObjectOf(secret);
  keys.set(secret, key);
  return key;
}
