import { type Browser, chromium } from "playwright-core";
import { installPackages } from "#infra/engines/install-packages.ts";
import { findProgram } from "#infra/engines/installed.ts";

/** As distributions and Google call it. */
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** A Chromium without a screen, whose camera and microphone are made up and may be used. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await chromiumPath(),
    args: [
      // Its sandbox wants rights that root in a container has not; it opens the test's own page and no other.
      "--no-sandbox",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
}

/** The one that is there, or Debian's. */
async function chromiumPath(): Promise<string> {
  const found = await firstOf(names);
  if (found !== undefined) return found;
  await installPackages(["chromium"], "the test of calls between browsers");
  const installed = await firstOf(names);
  if (installed === undefined) throw new Error("Chromium was installed, and is not on the path.");
  return installed;
}

async function firstOf(programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    const path = await findProgram(program);
    if (path !== undefined) return path;
  }
  return undefined;
}
