import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * `sk_<id>_<secret><checksum>`: the prefix lets scanners find leaked keys, the id finds the row, the checksum tells
 * a mistyped key from a revoked one without asking the store. Of the secret only a hash is kept; its 190 random bits
 * make a slow hash pointless.
 */
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idChars = 12;
const secretChars = 32;
const checksumChars = 6;
const pattern = new RegExp(
  `^sk_([0-9A-Za-z]{${idChars}})_([0-9A-Za-z]{${secretChars}})([0-9A-Za-z]{${checksumChars}})$`,
);

export interface NewApiKey {
  /** Shown once. */
  readonly apiKey: string;
  readonly keyId: string;
  readonly secretHash: string;
}

export function generateApiKey(): NewApiKey {
  const keyId = randomText(idChars);
  const secret = randomText(secretChars);
  return { apiKey: `sk_${keyId}_${secret}${checksumOf(keyId, secret)}`, keyId, secretHash: hashOf(secret) };
}

/** @returns null for what cannot be a key of ours. */
export function parseApiKey(text: string): { readonly keyId: string; readonly secretHash: string } | null {
  const [, keyId, secret, checksum] = pattern.exec(text) ?? [];
  if (keyId === undefined || secret === undefined || checksum !== checksumOf(keyId, secret)) return null;
  return { keyId, secretHash: hashOf(secret) };
}

/** Compares two hashes without telling by its time how much of them is the same. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, "hex"), Buffer.from(b, "hex")];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether a secret that was sent is the one expected. The hashes make lengths equal and the comparison even. */
export function sameSecret(given: string, expected: string): boolean {
  return sameHash(hashOf(given), hashOf(expected));
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function checksumOf(keyId: string, secret: string): string {
  let rest = crc32(`${keyId}_${secret}`);
  let text = "";
  for (let i = 0; i < checksumChars; i++) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}

function randomText(chars: number): string {
  return Array.from({ length: chars }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}
