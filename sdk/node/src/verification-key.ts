import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";

const secretPrefix = "whsec_";
const publicPrefix = "whpk_";
/** What Standard Webhooks allows. */
const secretBytesMin = 24;
const secretBytesMax = 64;
const publicBytes = 32;

/** What is asked of one signature of a call: `v1,` or `v1a,` and base64. */
export type Matches = (signature: string, content: Uint8Array) => boolean;

/**
 * Checks signatures by a secret, or by a public key.
 *
 * @param key as it was shown: `whsec_` or `whpk_` and the key in base64; without a prefix it is a secret.
 * @throws TypeError where it is neither. What was given is not in the message.
 */
export function matcherOf(key: string): Matches {
  return key.startsWith(publicPrefix) ? byPublicKey(key) : bySecret(key);
}

function bySecret(text: string): Matches {
  const key = decoded(text.startsWith(secretPrefix) ? text.slice(secretPrefix.length) : text);
  if (key === null || key.length < secretBytesMin || key.length > secretBytesMax) {
    throw new TypeError(
      `A webhook secret is \`${secretPrefix}\` and ${secretBytesMin} to ${secretBytesMax} bytes in base64.`,
    );
  }
  return (signature, content) => {
    const given = signatureOf("v1,", signature);
    if (given === null) return false;
    const wanted = createHmac("sha256", key).update(content).digest();
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
}

function byPublicKey(text: string): Matches {
  const bytes = decoded(text.slice(publicPrefix.length));
  if (bytes?.length !== publicBytes) {
    throw new TypeError(`A public key is \`${publicPrefix}\` and ${publicBytes} bytes in base64.`);
  }
  const x = bytes.toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return (signature, content) => {
    const given = signatureOf("v1a,", signature);
    return given !== null && verify(null, content, key, given);
  };
}

function signatureOf(scheme: string, signature: string): Buffer | null {
  return signature.startsWith(scheme) ? Buffer.from(signature.slice(scheme.length), "base64") : null;
}

/** null: it is no base64. */
function decoded(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "") ? bytes : null;
}
