import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "#infra/engines/command.ts";
import { installPackages } from "#infra/engines/install-packages.ts";
import { isInstalled } from "#infra/engines/installed.ts";
import { progress } from "#infra/engines/progress.ts";

/** Two hundred modules on a slow line, and two cores that have other work. */
const buildDeadlineMs = 900_000;
const toolchainDeadlineMs = 300_000;
const askDeadlineMs = 30_000;

/** What the programs ask for, and the toolchain that is got where there is an older one only. */
const oldest = [1, 26] as const;
const toolchain = "go1.26.5";

/**
 * Builds a Go program from the module proxy, into a file in this folder that bears its name. It needs nothing of the
 * system that it runs on.
 *
 * @param program with its version: `example.com/module/cmd/name@v1.2.3`.
 */
export async function buildGoProgram(program: string, folder: string): Promise<void> {
  const go = await findGo();
  progress(`building ${program}, some minutes`);
  await runCommand(go, ["install", "-trimpath", "-ldflags=-s -w", program], {
    deadlineMs: buildDeadlineMs,
    env: { GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOTOOLCHAIN: "local", GOROOT: "" },
  });
}

async function findGo(): Promise<string> {
  for (const go of ["go", "/usr/local/go/bin/go"]) {
    const version = await versionOf(go);
    if (version !== undefined && isNewEnough(version)) return go;
  }
  if (!(await isInstalled("go"))) await installPackages(["golang-go"], "building a server for tests");
  return await getToolchain();
}

/** An old Go can get a newer one: it is a module like any other, whose programs lose that they are programs. */
async function getToolchain(): Promise<string> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const module = `golang.org/toolchain@v0.0.1-${toolchain}.linux-${arch}`;
  progress(`getting ${toolchain}, as the Go that is here is older`);
  const said = await runCommand("go", ["mod", "download", "-json", module], {
    deadlineMs: toolchainDeadlineMs,
    env: { GOFLAGS: "-mod=mod" },
  });
  const { Dir } = JSON.parse(said) as { Dir: string };
  for (const folder of ["bin", `pkg/tool/linux_${arch}`]) {
    for (const name of await readdir(join(Dir, folder))) await chmod(join(Dir, folder, name), 0o755);
  }
  return join(Dir, "bin", "go");
}

async function versionOf(go: string): Promise<string | undefined> {
  return await runCommand(go, ["env", "GOVERSION"], {
    deadlineMs: askDeadlineMs,
    env: { GOTOOLCHAIN: "local" },
  }).catch(() => undefined);
}

/** `go1.26.3`, or what a development version calls itself, which is new enough. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return version.startsWith("devel");
  return Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]);
}
