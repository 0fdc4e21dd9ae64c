import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";
import { limits } from "#shared/limits.ts";

/** By secret: making a key costs several times what signing with it does. */
const keys = new LRUCache<string, KeyObject>({ max: limits.webhookKeysMax });

/**
 * The headers of Standard Webhooks 1.0: one signature for each secret that counts, so that a receiver that has not yet
 * learned of a new one goes on.
 */
export function signedHeaders(message: {
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
  readonly secrets: readonly string[];
}): Record<string, string> {
  const { id, atMs, body, secrets } = message;
  const timestamp = String(Math.floor(atMs / 1_000));
  const signatures = secrets.map((secret) => {
    return `v1,${createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

function keyOf(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const key = createSecretKey(secret.replace(/^whsec_/, ""), "base64");
  keys.set(secret, key);
  return key;
}
