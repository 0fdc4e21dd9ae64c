const prefix = "whsec_";
/** What Standard Webhooks allows. */
const keyBytesMin = 24;
const keyBytesMax = 64;

/**
 * The key that a secret stands for.
 *
 * @param secret as it was shown: `whsec_` and the key in base64; the prefix may be missing.
 * @throws TypeError where it is no secret. The secret is not in the message.
 */
export function signingKey(secret: string): Uint8Array {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  const key = Buffer.from(text, "base64");
  const isWhole = key.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  if (!isWhole || key.length < keyBytesMin || key.length > keyBytesMax) {
    throw new TypeError(
      `A webhook secret is \`${prefix}\` and ${keyBytesMin} to ${keyBytesMax} bytes in base64.`,
    );
  }
  return key;
}
