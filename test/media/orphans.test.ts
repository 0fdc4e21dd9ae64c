import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Media } from "#shared/protocol/media.ts";
import {
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { Caller } from "#test/scenarios/caller.ts";
import { png, sendPicture, uploaded } from "#test/scenarios/pictures.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";

const orphanSeconds = 2;
let dataDir: string;
let deployment: RunningDeployment;
const start = () =>
  startStandalone({ dataDir, env: { SENDSAR_MEDIA_ORPHAN_SECONDS: String(orphanSeconds) } });

beforeAll(async () => {
  dataDir = await makeDataDir();
  deployment = await start();
});
afterAll(async () => {
  await deployment?.stop();
  await removeDataDir(dataDir);
});

const filesOf = async () => {
  const all = await readdir(join(dataDir, "media"), { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).length;
};

/** The deployment may have another port after it was started again. */
const callerOf = ({ apiKey }: Tenant, userId: string) =>
  new Caller(deployment.url, { "x-api-key": apiKey, "x-user-id": userId });

test("a file that no message names is removed, over a crash as well, and one that a message names stays", async () => {
  const tenant = await makeTenant(deployment);
  const roomId = await tenant.room(["ada", "bob"]);
  const ada = await tenant.client("ada");
  const named = await sendPicture(tenant, "ada", roomId);
  const checked = await uploaded(ada, png(1, 1));
  await ada.post(`/v1/media/${checked.mediaId}/complete`);
  const pending = await uploaded(ada, png(1, 2));
  expect(await filesOf()).toBe(3);
  await deployment.kill();
  deployment = await start();

  await expect.poll(filesOf, { timeout: 15_000 }).toBe(1);
  for (const { mediaId } of [checked, pending]) {
    await expect
      .poll(async () => (await callerOf(tenant, "ada").get(`/v1/media/${mediaId}`)).status)
      .toBe(404);
  }
  const { body } = await callerOf(tenant, "bob").get<Media>(`/v1/media/${named}`);
  expect((await fetch(body.url ?? "")).status).toBe(200);
  const metrics = await (await fetch(`${deployment.processes[0]?.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/sendsar_media_removed_total\{reason="unnamed"[^}]*\} 2/);
});
