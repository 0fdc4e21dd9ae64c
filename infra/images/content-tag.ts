import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A short name for exactly these contents. An image tagged with it need not be built again, and
 * an edit of any build file asks for a new one.
 */
export function contentTag(files: ReadonlyMap<string, string | Uint8Array>): string {
  const hash = createHash("sha256");
  for (const name of [...files.keys()].sort()) {
    const bytes = Buffer.from(files.get(name) ?? "");
    // Lengths keep `a` + `bc` and `ab` + `c` apart.
    hash.update(`${name.length}:${name}${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex").slice(0, 12);
}

/** The build files of an image: every file of its folder, which is flat. */
export async function readBuildFiles(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name)));
  return files;
}
