import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateSigningKeys } from "#shared/auth/signing-keys.ts";

/** What the nodes of one cluster share and nobody else knows. */
export interface ClusterSecrets {
  readonly adminKey: string;
  readonly internalKey: string;
  readonly signingKeys: string;
}

/** Made on the first start and kept in the data folder, so that tokens outlive a restart. What is given wins. */
export async function loadSecrets(
  dataDir: string,
  given: { [K in keyof ClusterSecrets]: string | null },
): Promise<ClusterSecrets> {
  const path = join(dataDir, "cluster-secrets.json");
  await mkdir(dataDir, { recursive: true });
  const kept = await readFile(path, "utf8").catch(() => null);
  const secrets: ClusterSecrets =
    kept === null
      ? {
          adminKey: randomBytes(24).toString("base64url"),
          internalKey: randomBytes(24).toString("base64url"),
          signingKeys: await generateSigningKeys(),
        }
      : (JSON.parse(kept) as ClusterSecrets);
  if (kept === null)
    await writeFile(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  return {
    adminKey: given.adminKey ?? secrets.adminKey,
    internalKey: given.internalKey ?? secrets.internalKey,
    signingKeys: given.signingKeys ?? secrets.signingKeys,
  };
}
