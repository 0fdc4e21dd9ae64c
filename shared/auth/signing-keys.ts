import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { sessionToken } from "./session-token.ts";

/** A private Ed25519 key with its id. */
export interface SigningJwk extends JWK {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly d: string;
  readonly kid: string;
}

/**
 * Reads a private JWK set.
 *
 * @throws Error whose message names the problem and shows nothing of a key.
 */
export async function parseSigningKeys(text: string): Promise<readonly SigningJwk[]> {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    throw new Error("the signing keys are not JSON");
  }
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('the signing keys are not {"keys":[…]}');
  const read = await Promise.all(keys.map((key: JWK, index) => signingJwkOf(key, index)));
  if (new Set(read.map(({ kid }) => kid)).size < read.length)
    throw new Error("two signing keys have one kid");
  return read;
}

export async function generateSigningKeys(): Promise<string> {
  const { privateKey } = await generateKeyPair(sessionToken.algorithm, { crv: "Ed25519", extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return JSON.stringify({ keys: [{ ...jwk, kid, alg: sessionToken.algorithm, use: "sig" }] });
}

/** The keys kept in a file; made on the first call. For deployments that are one process. */
export async function loadSigningKeysFile(path: string): Promise<readonly SigningJwk[]> {
  await makeOnce(path, async () => `${await generateSigningKeys()}\n`);
  return parseSigningKeys(await readFile(path, "utf8"));
}

/** The file appears whole, and only where there was none: of two starts at once both read the same. */
async function makeOnce(path: string, content: () => Promise<string>): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, await content(), { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
}

async function signingJwkOf(jwk: JWK, index: number): Promise<SigningJwk> {
  const { kty, crv, x, d } = jwk;
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || typeof d !== "string") {
    throw new Error(`signing key ${index} is not a private Ed25519 JWK`);
  }
  return {
    kty: "OKP",
    crv: "Ed25519",
    x,
    d,
    kid: jwk.kid ?? (await calculateJwkThumbprint({ kty, crv, x })),
  };
}
