import { runCommand } from "#infra/engines/command.ts";
import { progress } from "#infra/engines/progress.ts";
import { imageIsLocal } from "./local-image.ts";

/** A registry that is there names the image's layers within seconds; past it there is none. */
const answerMs = 10_000;
const pullDeadlineMs = 420_000;

/** Why the registry could not be reached, once that is known: a second image need not find out again. */
let unreachable: string | undefined;

/** Gets a published image; false when this machine cannot have it. */
export async function pullImage(image: string): Promise<boolean> {
  if (await imageIsLocal(image)) return true;
  if (unreachable !== undefined) return false;
  progress(`pulling ${image}`);
  try {
    await runCommand("docker", ["pull", image], { deadlineMs: pullDeadlineMs, firstOutputMs: answerMs });
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Two images are asked for at once: the second failure for the same reason is no news.
    if (unreachable === undefined) progress(`${image} cannot be pulled: ${reason}`);
    if (!registryAnswered(reason)) unreachable = reason;
    return false;
  }
}

/** A registry without this image may still have the others. */
export function registryAnswered(reason: string): boolean {
  return /manifest (for .* not found|unknown)|pull access denied|repository .* not found/i.test(reason);
}
