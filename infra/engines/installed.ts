import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { systemPath } from "./command.ts";

/** Where a program of that name is on the path that commands are run with. */
export async function findProgram(program: string): Promise<string | undefined> {
  for (const folder of systemPath.split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, program);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

export async function isInstalled(program: string): Promise<boolean> {
  return (await findProgram(program)) !== undefined;
}
