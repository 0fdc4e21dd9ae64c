import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { type SignedTerms, TermsSigner } from "./signed-terms.ts";

const terms: SignedTerms = {
  to: "put",
  tenantId: "acme",
  mediaId: "med_1",
  contentType: "image/png",
  size: 7,
  endsAtMs: 1_000,
};
const codeOf = (work: () => unknown) => {
  try {
    work();
    return null;
  } catch (error) {
    return AppError.from(error).code;
  }
};

test("what was signed is read until its time is over, and not after", () => {
  const signer = new TermsSigner(["one"]);
  const grant = signer.sign(terms);
  expect(signer.verify(grant, 999)).toEqual(terms);
  expect(codeOf(() => signer.verify(grant, 1_000))).toBe("media_url_invalid");
});

test("of keys that were turned over, both verify and the new one signs", () => {
  const grant = new TermsSigner(["old"]).sign(terms);
  expect(new TermsSigner(["new", "old"]).verify(grant, 0)).toEqual(terms);
  expect(codeOf(() => new TermsSigner(["new"]).verify(grant, 0))).toBe("media_url_invalid");
  expect(new TermsSigner(["new"]).verify(new TermsSigner(["new", "old"]).sign(terms), 0)).toEqual(terms);
});

test("nothing that is changed, cut, added or made up passes", () => {
  const signer = new TermsSigner(["one"]);
  const grant = signer.sign(terms);
  const other = Buffer.from(JSON.stringify({ ...terms, tenantId: "other" })).toString("base64url");
  const mac = grant.split(".")[1] ?? "";
  const wrong = [
    undefined,
    null,
    5,
    "",
    ".",
    grant.slice(0, -1),
    `${grant}.x`,
    `${other}.${mac}`,
    `${other}.`,
  ];
  for (const each of [...wrong, [grant], grant.split(".")[0]]) {
    expect(codeOf(() => signer.verify(each, 0))).toBe("media_url_invalid");
  }
});
