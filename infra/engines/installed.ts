import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { systemPath } from "./command.ts";

/** Whether a program of that name is on the path that commands are run with. */
export async function isInstalled(program: string): Promise<boolean> {
  for (const folder of systemPath.split(delimiter)) {
    if (folder === "") continue;
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
    }
  }
  return false;
}
