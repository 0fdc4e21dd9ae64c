import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateApiKey } from "#shared/auth/api-key.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Store } from "#shared/store/store.ts";

/** What a newcomer needs to try everything; kept in the data folder for its owner's eyes. */
export interface Sandbox {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly adminKey: string;
}

const tenantId = "sandbox";
/** Its page can call as soon as there is LiveKit. Only to begin with: what the operator sets later stays. */
const settings = { calls: true, callMessages: true };
const fileName = "sandbox.json";

/**
 * The sandbox tenant of a data folder, made on its first start. Its keys are in a file of mode 0600, as the store has
 * only their hashes.
 *
 * @param adminKey the operator's own, which wins over the generated one.
 */
export async function openSandbox(options: {
  dataDir: string;
  store: Store;
  clock: Clock;
  adminKey: string | null;
}): Promise<{ sandbox: Sandbox; isNew: boolean }> {
  const { dataDir, adminKey } = options;
  const path = join(dataDir, fileName);
  const kept = await readSandbox(path);
  if (kept !== null) return { sandbox: { ...kept, adminKey: adminKey ?? kept.adminKey }, isNew: false };

  const sandbox = {
    tenantId,
    apiKey: await makeTenant(options),
    adminKey: adminKey ?? randomBytes(24).toString("base64url"),
  };
  await writeFile(path, `${JSON.stringify(sandbox, null, 2)}\n`, { mode: 0o600, flush: true });
  return { sandbox, isNew: true };
}

async function makeTenant({ store, clock }: { store: Store; clock: Clock }): Promise<string> {
  const createdAt = rfc3339(clock.nowMs());
  const { apiKey, keyId, secretHash } = generateApiKey();
  await store.putTenant({ tenantId, name: "Sandbox", settings, createdAt });
  await store.putApiKey({ keyId, tenantId, secretHash, description: "sandbox", createdAt, revokedAt: null });
  return apiKey;
}

async function readSandbox(path: string): Promise<Sandbox | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Sandbox;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${path} cannot be read; remove it and a new sandbox is made`, { cause: error });
  }
}
