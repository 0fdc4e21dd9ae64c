import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { type Static, type TSchema, Type } from "typebox";
import { AppError } from "#shared/errors/app-error.ts";
import { checker } from "#shared/protocol/checker.ts";

const text = Type.String({ maxLength: 1_024 });
const place = { tenantId: text, mediaId: text, contentType: text, endsAtMs: Type.Integer() };
const strict = { additionalProperties: false };

/** What a signed URL allows: either to send one file, or to get one. */
export const SignedTerms = Type.Union([
  Type.Object({ to: Type.Literal("put"), ...place, size: Type.Integer() }, strict),
  Type.Object({ to: Type.Literal("get"), ...place, copy: text, fileName: text }, strict),
]);
export type SignedTerms = Static<typeof SignedTerms>;
const checkTerms = checker(SignedTerms as TSchema) as (value: unknown) => SignedTerms;

/** Makes texts that say what their bearer may do, until when, and cannot be made or changed by anybody else. */
export class TermsSigner {
  readonly #keys: readonly Buffer[];

  /** @param secrets the first signs, all verify: as long as one is turned over, what was signed before holds. */
  constructor(secrets: readonly string[]) {
    // Of its own for this use: a signature made here is of no use anywhere else.
    this.#keys = secrets.map((secret) =>
      Buffer.from(hkdfSync("sha256", secret, "", "sendsar media urls", 32)),
    );
  }

  sign(terms: SignedTerms): string {
    const said = Buffer.from(JSON.stringify(terms)).toString("base64url");
    const [key] = this.#keys;
    if (key === undefined) throw new Error("There is no key to sign with.");
    return `${said}.${macOf(said, key).toString("base64url")}`;
  }

  /** @throws AppError media_url_invalid, also where the time is over. */
  verify(grant: unknown, nowMs: number): SignedTerms {
    const [said = "", mac = "", ...rest] = typeof grant === "string" ? grant.split(".") : [];
    const given = Buffer.from(mac, "base64url");
    const good = this.#keys.some((key) => {
      const due = macOf(said, key);
      return given.length === due.length && timingSafeEqual(given, due);
    });
    if (!good || rest.length > 0) throw new AppError("media_url_invalid");
    const terms = checkTerms(JSON.parse(Buffer.from(said, "base64url").toString()));
    if (terms.endsAtMs <= nowMs) throw new AppError("media_url_invalid");
    return terms;
  }
}

function macOf(said: string, key: Buffer): Buffer {
  return createHmac("sha256", key).update(said).digest();
}
