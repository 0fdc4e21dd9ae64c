import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";

/** Written whole or not at all, as somebody polls for it, and for the owner's eyes, as it may hold keys. */
export async function writeReadyFile(path: string, content: object): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}
