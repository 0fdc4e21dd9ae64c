import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "#infra/engines/command.ts";
import { installPackages } from "#infra/engines/install-packages.ts";
import { isInstalled } from "#infra/engines/installed.ts";
import { progress } from "#infra/engines/progress.ts";
import { readBootstrap } from "./apt-sources.ts";
import { contentTag, readBuildFiles } from "./content-tag.ts";
import { buildGoProgram } from "./go-program.ts";
import { imageIsLocal } from "./local-image.ts";
import { copyJars } from "./maven.ts";

/** Made of jars, on an operating system with Java. */
type JavaEngine = "kafka" | "cassandra";
/** One program that needs nothing around it. */
type GoEngine = "versitygw" | "livekit";
export type EngineName = JavaEngine | GoEngine;

/** debootstrap fetches and unpacks some 200 packages. */
const bootstrapDeadlineMs = 480_000;
const buildDeadlineMs = 120_000;

const folderOf = (name: "base" | EngineName) => join(import.meta.dirname, name);

/** The name of the image that the build files as they are now lead to. */
export async function builtImageName(name: EngineName): Promise<string> {
  const files: Map<string, string | Uint8Array> = await readBuildFiles(folderOf(name));
  if (!isGo(name)) files.set("BASE", await baseImageName());
  return `sendsar-${name}:${contentTag(files)}`;
}

async function baseImageName(): Promise<string> {
  return `sendsar-base:${contentTag(await readBuildFiles(folderOf("base")))}`;
}

/** Builds the image of an engine where no registry has it, from what the registries of its language have. */
export async function buildImage(name: EngineName): Promise<string> {
  const image = await builtImageName(name);
  const context = await mkdtemp(join(tmpdir(), `sendsar-${name}-`));
  try {
    const folder = folderOf(name);
    await cp(folder, context, { recursive: true });
    progress(`building ${image}`);
    const args = isGo(name) ? await addProgram(folder, context) : await addJars(folder, context);
    await runCommand("docker", ["build", ...args, "--tag", image, context], { deadlineMs: buildDeadlineMs });
    return image;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

const isGo = (name: EngineName): name is GoEngine => name === "versitygw" || name === "livekit";

async function addProgram(folder: string, context: string): Promise<string[]> {
  const program = await readFile(join(folder, "go-program"), "utf8");
  await buildGoProgram(program.trim(), context);
  return [];
}

/** @returns what the build is told: what the jars stand on. */
async function addJars(folder: string, context: string): Promise<string[]> {
  const [base] = await Promise.all([ensureBase(), copyJars(join(folder, "pom.xml"), join(context, "lib"))]);
  return ["--build-arg", `BASE=${base}`];
}

let base: Promise<string> | undefined;

/** One build for all the engines of this process, which ask for it at the same time. */
function ensureBase(): Promise<string> {
  base ??= buildBase();
  return base;
}

async function buildBase(): Promise<string> {
  const image = await baseImageName();
  if (await imageIsLocal(image)) return image;
  const { suite, components, mirror } = await readBootstrap();
  if (process.getuid?.() !== 0) {
    throw new Error("Building the images of the engines needs root (debootstrap makes a root file system).");
  }
  if (!(await isInstalled("debootstrap"))) {
    await installPackages(["debootstrap"], "building the images of the engines");
  }
  progress(`building ${image} from ${suite}, about a minute`);
  const script = join(folderOf("base"), "build.sh");
  await runCommand("sh", [script, image, suite, components, mirror], { deadlineMs: bootstrapDeadlineMs });
  return image;
}
