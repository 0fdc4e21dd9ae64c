import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "#infra/engines/command.ts";
import { installPackages } from "#infra/engines/install-packages.ts";

/** Downloads of some 30 MB, and an index that may be slow. */
const installDeadlineMs = 300_000;
const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/**
 * A Python with exactly the packages of `requirements.txt`: Schemathesis, https://schemathesis.readthedocs.io, and
 * openapi-python-client. Run them by `-m`. It is made once for each content of that file, in the user's cache, and
 * kept for later runs.
 *
 * @throws Error where Python or its packages cannot be had.
 */
export async function python(): Promise<string> {
  const tag = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const environment = join(cache, "sendsar", `python-${tag}`);
  const program = join(environment, "bin", "python");
  if (await exists(program)) return program;
  // In a folder of its own and then at once, as another file of tests may be doing the same.
  const own = `${environment}.${process.pid}`;
  await rm(own, { recursive: true, force: true });
  await mkdir(dirname(own), { recursive: true });
  await makeEnvironment(own);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  await runCommand(join(own, "bin", "python"), pip, { deadlineMs: installDeadlineMs });
  await rename(own, environment).catch(async (error: unknown) => {
    await rm(own, { recursive: true, force: true });
    if (!(await exists(program))) throw error;
  });
  return program;
}

async function makeEnvironment(folder: string): Promise<void> {
  const make = () => runCommand("python3", ["-m", "venv", folder], { deadlineMs: 60_000 });
  await make().catch(async () => {
    // Debian keeps the module apart from Python.
    await installPackages(["python3", "python3-venv"], "the Python tools of the tests");
    await make();
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
