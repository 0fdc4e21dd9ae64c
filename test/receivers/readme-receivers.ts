import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "#infra/engines/command.ts";
import { python } from "#test/python/environment.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const project = path("../../");
const sdk = path("../../sdk/node/");

/** How a receiver of the README is started, by its file's name. */
const programs = {
  "receiver.mjs": async (folder: string) => [process.execPath, join(folder, "receiver.mjs")],
  "receiver.py": async (folder: string) => [await python(), join(folder, "receiver.py")],
  "receiver.ts": async (folder: string) => [
    process.execPath,
    path("serve-child.ts"),
    join(folder, "receiver.ts"),
  ],
} as const;
export type ReceiverFile = keyof typeof programs;
export const receiverFiles = Object.keys(programs) as ReceiverFile[];

/** A folder with the README's receivers in it, and with the packages that they import, this one as it is published. */
export async function layOut(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sendsar-receivers-"));
  const installed = join(folder, "node_modules", "@sendsar", "node");
  await mkdir(installed, { recursive: true });
  const tsc = join(project, "node_modules", "typescript", "bin", "tsc");
  const build = ["-p", join(sdk, "tsconfig.build.json"), "--outDir", join(installed, "dist")];
  await runCommand(process.execPath, [tsc, ...build], { deadlineMs: 60_000 });
  await copyFile(join(sdk, "package.json"), join(installed, "package.json"));
  await symlink(
    join(project, "node_modules", "standardwebhooks"),
    join(folder, "node_modules", "standardwebhooks"),
  );
  const readme = await readFile(join(sdk, "README.md"), "utf8");
  for (const file of receiverFiles) await writeFile(join(folder, file), blockOf(readme, file));
  return folder;
}

/** The code block whose first line names the file. */
function blockOf(readme: string, file: string): string {
  const blocks = [...readme.matchAll(/```\w+\n((?:\/\/|#) (\S+)\n[\s\S]*?)```/g)];
  const block = blocks.find(([, , name]) => name === file)?.[1];
  if (block === undefined) throw new Error(`The README has no ${file}.`);
  return block;
}

/** A program that runs until it is ended. */
export class RunningReceiver {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  printed = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.printed += text;
      });
    }
  }

  static async start(
    folder: string,
    file: ReceiverFile,
    env: { port: number; secrets: readonly string[] },
  ): Promise<RunningReceiver> {
    const [program = "", ...args] = await programs[file](folder);
    const { port, secrets } = env;
    const own = { PORT: String(port), WEBHOOK_SECRETS: secrets.join(" "), WEBHOOK_SECRET: secrets[0] };
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, ...own },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new RunningReceiver(child);
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

/** Nobody listens there now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
