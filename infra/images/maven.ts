import { runCommand } from "#infra/engines/command.ts";
import { installPackages } from "#infra/engines/install-packages.ts";
import { isInstalled } from "#infra/engines/installed.ts";

/** A hundred jars on a slow line. */
const copyDeadlineMs = 480_000;
const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

let previous: Promise<void> = Promise.resolve();

/**
 * Copies the jars that the pom depends on into a folder. One at a time: two Maven processes that
 * fill an empty local repository can hand each other half-written files.
 */
export function copyJars(pom: string, folder: string): Promise<void> {
  const run = previous.then(() => copyNow(pom, folder));
  previous = run.catch(() => {});
  return run;
}

async function copyNow(pom: string, folder: string): Promise<void> {
  if (!(await isInstalled("mvn"))) await installPackages(["maven"], "building the images of the engines");
  const args = ["-B", "-q", "-f", pom, goal, `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
  await runCommand("mvn", args, { deadlineMs: copyDeadlineMs });
}
