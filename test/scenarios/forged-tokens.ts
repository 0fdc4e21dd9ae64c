import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";

type Claims = Record<string, unknown>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part: string | undefined): Claims =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString());

/**
 * Tokens that must not pass, made from a good one. Some are signed with the deployment's own key, so that nothing but
 * the one claim that is wrong gives them away.
 *
 * @param signingKeys the private JWK set of the deployment.
 */
export function forgedTokens(good: string, signingKeys: string): Readonly<Record<string, string>> {
  const [headerPart, claimsPart, signature = ""] = good.split(".");
  const [header, claims] = [decode(headerPart), decode(claimsPart)];
  const jwk = JSON.parse(signingKeys).keys[0];
  const own = createPrivateKey({ key: jwk, format: "jwk" });
  const other = generateKeyPairSync("ed25519").privateKey;
  const publicPem = createPublicKey(own).export({ type: "spki", format: "pem" });

  const signed = (key: KeyObject, changedHeader: Claims, changedClaims: Claims): string => {
    const text = `${encode({ ...header, ...changedHeader })}.${encode({ ...claims, ...changedClaims })}`;
    return `${text}.${sign(null, Buffer.from(text), key).toString("base64url")}`;
  };
  const hs256 = (secret: string | Buffer): string => {
    const text = `${encode({ ...header, alg: "HS256" })}.${encode(claims)}`;
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const unsigned = `${encode({ ...header, alg: "none" })}.${encode(claims)}.`;
  const nowSeconds = Math.floor(Date.now() / 1_000);

  return {
    "no JWT at all": "garbage",
    "an empty JWT": "..",
    "two parts of a JWT": `${headerPart}.${claimsPart}`,
    "one part too many": `${good}.x`,
    "alg none": unsigned,
    "alg none with the good signature": `${unsigned}${signature}`,
    "HS256 with the public key as PEM": hs256(publicPem),
    "HS256 with the public key as bytes": hs256(Buffer.from(jwk.x, "base64url")),
    "another key under the same kid": signed(other, {}, {}),
    "another key under another kid": signed(other, { kid: "other" }, {}),
    "no kid and another key": signed(other, { kid: undefined }, {}),
    "a key of its own in the header": signed(
      other,
      { jwk: other.export({ format: "jwk" }), kid: undefined },
      {},
    ),
    "another issuer": signed(own, {}, { iss: "somebody-else" }),
    "no issuer": signed(own, {}, { iss: undefined }),
    "another audience": signed(own, {}, { aud: "somebody-else" }),
    "no audience": signed(own, {}, { aud: undefined }),
    "another type": signed(own, { typ: "JWT" }, {}),
    "no type": signed(own, { typ: undefined }, {}),
    "a critical header that nobody knows": signed(own, { crit: ["x"], x: 1 }, {}),
    "no expiry": signed(own, {}, { exp: undefined }),
    "no user": signed(own, {}, { sub: undefined }),
    "a user id of the wrong form": signed(own, {}, { sub: "a/b" }),
    "no tenant": signed(own, {}, { tid: undefined }),
    "a tenant id of the wrong form": signed(own, {}, { tid: "a b" }),
    "not valid yet": signed(own, {}, { nbf: nowSeconds + 3_600 }),
    "another tenant under the old signature": `${headerPart}.${encode({ ...claims, tid: "other" })}.${signature}`,
    "another user under the old signature": `${headerPart}.${encode({ ...claims, sub: "other" })}.${signature}`,
    "a later expiry under the old signature": `${headerPart}.${encode({ ...claims, exp: nowSeconds + 1e6 })}.${signature}`,
    "a signature cut short": good.slice(0, -4),
    "more than a token may have": `${good}${"A".repeat(5_000)}`,
  };
}

/** A token of the deployment's own key that ran out: the same claims, an hour old. */
export function expiredToken(good: string, signingKeys: string): string {
  const [headerPart, claimsPart] = good.split(".");
  const own = createPrivateKey({ key: JSON.parse(signingKeys).keys[0], format: "jwk" });
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const times = { iat: nowSeconds - 3_660, iat_ms: (nowSeconds - 3_660) * 1_000, exp: nowSeconds - 3_600 };
  const text = `${headerPart}.${encode({ ...decode(claimsPart), ...times })}`;
  return `${text}.${sign(null, Buffer.from(text), own).toString("base64url")}`;
}
