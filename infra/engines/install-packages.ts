import { runCommand } from "./command.ts";
import { readOsRelease } from "./os-release.ts";
import { progress } from "./progress.ts";

/** A cold package index and a slow mirror; past it the run fails with apt's own words. */
const updateDeadlineMs = 180_000;
const installDeadlineMs = 420_000;

/**
 * Why this machine's packages may not be changed by us, or undefined when they may:
 * only root on Debian or Ubuntu, and only while SENDSAR_NO_INSTALL does not forbid it.
 */
export async function whyNotInstall(): Promise<string | undefined> {
  if (process.env.SENDSAR_NO_INSTALL === "1")
    return "SENDSAR_NO_INSTALL=1 forbids installing and starting it";
  if ((await readOsRelease()) === undefined) {
    return "it is installed automatically only on Debian and Ubuntu";
  }
  if (process.getuid?.() !== 0) return "it is installed and started automatically only for root";
  return undefined;
}

let previous: Promise<void> = Promise.resolve();

/** One at a time: apt locks its lists and its database against a second run, this process's own included. */
export function installPackages(packages: readonly string[], purpose: string): Promise<void> {
  const run = previous.then(() => installNow(packages, purpose));
  previous = run.catch(() => {});
  return run;
}

async function installNow(packages: readonly string[], purpose: string): Promise<void> {
  const names = packages.join(" ");
  const refused = await whyNotInstall();
  if (refused !== undefined) {
    throw new Error(`${purpose} needs the packages ${names}: install them yourself (${refused}).`);
  }
  progress(`installing ${names} with apt-get (${purpose}); SENDSAR_NO_INSTALL=1 forbids this`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  // Another apt run on the same machine is waited for instead of failing on its lock.
  const apt = ["-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3"];
  await runCommand("apt-get", [...apt, "update"], { deadlineMs: updateDeadlineMs, env }).catch(
    (error: unknown) => {
      // One broken third-party source fails the whole update, while the index we need may be fine:
      // the install tells.
      progress(`apt-get update complained, going on: ${String(error)}`);
    },
  );
  await runCommand("apt-get", [...apt, "install", "-y", ...packages], {
    deadlineMs: installDeadlineMs,
    env,
  });
}
