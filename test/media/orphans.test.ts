import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Media } from "#shared/protocol/media.ts";
import type { Message } from "#shared/protocol/resources.ts";
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

test("with a message that is deleted for good its file goes, but for one that another message names", async () => {
  const tenant = await makeTenant(deployment);
  const [roomId, other] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "eve"])];
  const ada = await tenant.client("ada");
  const before = await filesOf();
  const say = async (room: string, mediaId: string) => {
    const attachments = [{ type: "image", mediaId }];
    return (await ada.post<Message>(`/v1/rooms/${room}/messages`, { attachments })).body.id;
  };
  const [alone, shared] = [await uploaded(ada, png(2, 1)), await uploaded(ada, png(3, 1))];
  const ids = [await say(roomId, alone.mediaId), await say(roomId, shared.mediaId)];
  await say(other, shared.mediaId);
  // What is only taken back can still be looked into by the server.
  await ada.delete(`/v1/rooms/${roomId}/messages/${ids[0]}`);
  expect((await tenant.server.get(`/v1/media/${alone.mediaId}`)).status).toBe(200);
  expect(await filesOf()).toBe(before + 2);
  for (const id of ids) await tenant.server.delete(`/v1/rooms/${roomId}/messages/${id}?hard=true`);
  await expect.poll(filesOf, { timeout: 15_000 }).toBe(before + 1);
  await expect
    .poll(async () => (await callerOf(tenant, "ada").get(`/v1/media/${alone.mediaId}`)).status)
    .toBe(404);
  expect((await callerOf(tenant, "eve").get(`/v1/media/${shared.mediaId}`)).status).toBe(200);
});
