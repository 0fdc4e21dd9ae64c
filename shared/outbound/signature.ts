import { createHmac } from "node:crypto";

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
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
