import { imageIsLocal } from "#infra/images/local-image.ts";
import { pullImage } from "#infra/images/published-image.ts";

const image = "testcontainers/ryuk:0.14.0";

/**
 * Testcontainers' reaper removes containers after a process that was killed. Its image exists only
 * in a registry; without it, `owned-containers.ts` alone cleans up.
 */
export async function prepareReaper(registryIsUsed: boolean): Promise<void> {
  if (process.env.TESTCONTAINERS_RYUK_DISABLED !== undefined) return;
  process.env.RYUK_CONTAINER_IMAGE ??= image;
  const wanted = process.env.RYUK_CONTAINER_IMAGE;
  const available = (await imageIsLocal(wanted)) || (registryIsUsed && (await pullImage(wanted)));
  if (!available) process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
}
