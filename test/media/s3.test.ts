import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { startS3Container } from "#infra/engines/s3.ts";
import type { Media } from "#shared/protocol/media.ts";
import type { Message } from "#shared/protocol/resources.ts";
import {
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startStandalone,
} from "#test/deployments/deployment.ts";
import type { Caller } from "#test/scenarios/caller.ts";
import { grantOf, png, send, uploaded } from "#test/scenarios/pictures.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import { makeBucket } from "./bucket.ts";

let server: EngineContainer;
let bucket: Awaited<ReturnType<typeof makeBucket>>;
let dataDir: string;
let deployment: RunningDeployment;

beforeAll(async () => {
  server = await startS3Container();
  bucket = await makeBucket(server);
  dataDir = await makeDataDir();
  deployment = await startStandalone({ dataDir, env: bucket.env });
}, 1_200_000);
afterAll(async () => {
  await deployment?.stop();
  bucket?.close();
  await server?.stop();
  if (dataDir !== undefined) await removeDataDir(dataDir);
});

const complete = (caller: Caller, mediaId: string) => caller.post<Media>(`/v1/media/${mediaId}/complete`);

test("a picture goes to the bucket and from there to who may see it, by URLs of the bucket's server", async () => {
  const tenant = await makeTenant(deployment);
  const roomId = await tenant.room(["ada", "bob"]);
  const [ada, bob] = [await tenant.client("ada"), await tenant.client("bob")];
  const bytes = png(7, 5);
  const grant = await uploaded(ada, bytes, { fileName: "Tür.png" });
  expect(new URL(grant.upload.url).host).toBe(server.addresses[0]);
  const attachments = [{ type: "image", mediaId: grant.mediaId }];
  const sent = await ada.post<Message>(`/v1/rooms/${roomId}/messages`, { attachments });
  expect(sent.body.attachments).toMatchObject([
    { fileName: "Tür.png", width: 7, height: 5, size: bytes.length },
  ]);

  const { url } = (await bob.get<Media>(`/v1/media/${grant.mediaId}`)).body;
  const file = await fetch(url ?? "");
  expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
  expect(Object.fromEntries(file.headers)).toMatchObject({
    "content-type": "image/png",
    "content-disposition": "attachment; filename=\"T_r.png\"; filename*=UTF-8''T%C3%BCr.png",
    "cache-control": expect.stringMatching(/^private/),
  });
  // Of all that is signed nothing can be changed, and without it there is nothing.
  expect((await fetch((url ?? "").replace("attachment", "inline"))).status).toBe(403);
  expect((await fetch((url ?? "").split("?")[0] ?? "")).status).toBe(403);
  // The copy that was checked, and nothing else.
  expect(await bucket.keys()).toHaveLength(1);
});

test("an upload URL takes this size and type at this place, and changes nothing that was checked", async () => {
  const tenant = await makeTenant(deployment);
  const ada = await tenant.client("ada");
  const bytes = png(3, 3);
  const grant = await grantOf(ada, bytes);
  const { url, headers } = grant.upload;
  const put = async (to: string, body: Uint8Array<ArrayBuffer>, also: Record<string, string> = {}) =>
    (await fetch(to, { method: "PUT", headers: { ...headers, ...also }, body })).status;
  expect(await put(url, Buffer.concat([bytes, bytes]))).toBe(403);
  expect(await put(url, bytes.subarray(1))).toBe(403);
  expect(await put(url, bytes, { "content-type": "text/html" })).toBe(403);
  const other = await grantOf(ada, bytes);
  const elsewhere = new URL(url);
  elsewhere.pathname = new URL(other.upload.url).pathname;
  expect(await put(elsewhere.href, bytes)).toBe(403);
  expect(new URL(url).searchParams.get("X-Amz-Expires")).toBe("900");
  expect((await complete(ada, grant.mediaId)).body).toMatchObject({ error: { code: "media_not_uploaded" } });

  expect((await send(grant, bytes)).status).toBe(200);
  expect((await complete(ada, grant.mediaId)).body).toMatchObject({ state: "ready", width: 3 });
  const evil = Buffer.concat([Buffer.from("<html>"), bytes]).subarray(0, bytes.length);
  await send(grant, evil);
  const kept = (await complete(ada, grant.mediaId)).body;
  const file = await fetch(kept.url ?? "");
  expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
});

test("what is not what it was said to be is taken out of the bucket", async () => {
  const tenant = await makeTenant(deployment);
  const ada = await tenant.client("ada");
  const before = await bucket.keys();
  const { mediaId } = await uploaded(ada, Buffer.from("<html><script>alert(1)</script>"));
  expect((await complete(ada, mediaId)).body).toMatchObject({ error: { code: "media_refused" } });
  expect(await bucket.keys()).toEqual(before);
});

test("while the bucket's server is down media waits, and nothing else does", async () => {
  const tenant = await makeTenant(deployment);
  const roomId = await tenant.room(["ada", "bob"]);
  const ada = await tenant.client("ada");
  const messages = `/v1/rooms/${roomId}/messages`;
  const { mediaId } = await uploaded(ada, png(2, 2));
  const naming = { clientId: "c", attachments: [{ type: "image", mediaId }] };
  await server.halt("kill");
  try {
    const refused = await ada.post(messages, naming);
    expect([refused.status, refused.body]).toMatchObject([
      503,
      { error: { code: "media_unavailable", retryable: true } },
    ]);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect((await ada.post(messages, { body: "still here" })).status).toBe(201);
    expect((await ada.get(messages)).status).toBe(200);
  } finally {
    await server.resume();
  }
  expect((await ada.post(messages, naming)).status).toBe(201);
});

test("a deployment whose bucket or keys are wrong does not start, and says which", async () => {
  const started = async (env: Record<string, string>, said: RegExp) => {
    const other = await makeDataDir();
    const start = startStandalone({ dataDir: other, env: { ...bucket.env, ...env } });
    await expect(start).rejects.toThrow(said);
    await removeDataDir(other);
  };
  await Promise.all([
    started({ SENDSAR_S3_BUCKET: "no-such-bucket" }, /there is no bucket no-such-bucket/),
    started({ SENDSAR_S3_SECRET_ACCESS_KEY: "guessed" }, /refuses these keys/),
  ]);
});
