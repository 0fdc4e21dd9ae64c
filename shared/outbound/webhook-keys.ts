import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

/** Keys as Standard Webhooks writes them: what they are for is in how they begin. */
const secretPrefix = "whsec_";
const privatePrefix = "whsk_";
const publicPrefix = "whpk_";

/** For HMAC-SHA256: 32 bytes, which the receiver knows as well. */
export function newSecret(): string {
  return `${secretPrefix}${randomBytes(32).toString("base64")}`;
}

/** For ed25519: who signs keeps it, and nobody else ever sees it. */
export function newPrivateKey(): string {
  const { d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return `${privatePrefix}${Buffer.from(d, "base64url").toString("base64")}`;
}

export function isPrivateKey(key: string): boolean {
  return key.startsWith(privatePrefix);
}

/** What the signatures of a private key are checked with; no secret. */
export function publicKeyOf(privateKey: string): string {
  const { x = "" } = createPublicKey(keyObjectOf(privateKey)).export({ format: "jwk" });
  return `${publicPrefix}${Buffer.from(x, "base64url").toString("base64")}`;
}

/** RFC 8410: what comes before the 32 bytes of an ed25519 key. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

export function keyObjectOf(key: string): KeyObject {
  if (!isPrivateKey(key)) return createSecretKey(key.slice(secretPrefix.length), "base64");
  const bytes = Buffer.from(key.slice(privatePrefix.length), "base64");
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, bytes]), format: "der", type: "pkcs8" });
}
