import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Media } from "#shared/protocol/media.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Caller } from "./caller.ts";
import { grantOf, png, send, sendPicture, uploaded } from "./pictures.ts";
import type { Stage } from "./stage.ts";

const codeOf = ({ status, body }: { readonly status: number; readonly body: unknown }) => [
  status,
  (body as { error?: { code: string } } | null)?.error?.code,
];

const read = (caller: Caller, mediaId: string) => caller.get<Media>(`/v1/media/${mediaId}`);
const complete = (caller: Caller, mediaId: string) => caller.post<Media>(`/v1/media/${mediaId}/complete`);
const picture = (mediaId: string) => ({ attachments: [{ type: "image", mediaId }] });

/** Files that messages name. */
export function media(stage: Stage): void {
  test("who is in the room sees the picture that was sent there, as it was found to be, and nobody else", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob", "rex"], "group");
    const [ada, bob, rex, nora] = await Promise.all(
      ["ada", "bob", "rex", "nora"].map((userId) => tenant.client(userId)),
    );
    const live = await tenant.connect("bob");
    const bytes = png(7, 5);
    const fileName = 'Tür "A"; 1.png';
    const grant = await uploaded(ada as Caller, bytes, { fileName });
    expect(grant.url).toBe(`${tenant.url}/v1/media/${grant.mediaId}`);
    expect((await read(ada as Caller, grant.mediaId)).body).toMatchObject({ state: "pending", url: null });
    expect(codeOf(await read(bob as Caller, grant.mediaId))).toEqual([404, "media_not_found"]);

    // What the sender says of the file is not what the others are told.
    const said = { title: "the door", size: 1, width: 9_000, contentType: "text/html", fileName: "x.html" };
    const sent = await (ada as Caller).post<Message>(`/v1/rooms/${roomId}/messages`, {
      clientId: "c1",
      attachments: [{ type: "image", mediaId: grant.mediaId, ...said }],
    });
    const attachment = {
      type: "image",
      mediaId: grant.mediaId,
      title: "the door",
      fileName,
      contentType: "image/png",
      size: bytes.length,
      width: 7,
      height: 5,
    };
    expect([sent.status, sent.body.attachments]).toEqual([201, [attachment]]);
    expect(await live.reached(roomId, sent.body.seq)).toMatchObject({ attachments: [attachment] });

    const got = (await read(bob as Caller, grant.mediaId)).body;
    expect(got).toMatchObject({ state: "ready", uploaderId: "ada", fileName, width: 7, height: 5 });
    const file = await fetch(got.url ?? "");
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      "content-type": "image/png",
      "x-content-type-options": "nosniff",
      "content-disposition": `attachment; filename="T_r _A__ 1.png"; filename*=UTF-8''T%C3%BCr%20%22A%22%3B%201.png`,
      "cache-control": expect.stringMatching(/^private/),
    });
    const part = await fetch(got.url ?? "", { headers: { range: "bytes=1-3" } });
    expect([part.status, await part.text()]).toEqual([206, "PNG"]);
    const { headers } = bob as Caller;
    const moved = await fetch(`${grant.url}?redirect=true`, { headers, redirect: "manual" });
    expect([moved.status, new URL(moved.headers.get("location") ?? "").origin]).toEqual([302, tenant.url]);

    const other = await stage.tenant();
    expect((await read(tenant.server, grant.mediaId)).status).toBe(200);
    const strangers = [nora, await other.client("bob"), other.server, tenant.as("nora")];
    for (const stranger of strangers) {
      expect(codeOf(await read(stranger as Caller, grant.mediaId))).toEqual([404, "media_not_found"]);
    }
    expect((await read(rex as Caller, grant.mediaId)).status).toBe(200);
    await tenant.server.delete(`/v1/rooms/${roomId}/members/rex`);
    expect(codeOf(await read(rex as Caller, grant.mediaId))).toEqual([404, "media_not_found"]);

    // Whom somebody blocks is hidden with all its files, and so is what was deleted, from all but its uploader.
    await (bob as Caller).put("/v1/blocks/ada", undefined);
    await expect
      .poll(async () => codeOf(await read(bob as Caller, grant.mediaId)))
      .toEqual([404, "media_not_found"]);
    await (bob as Caller).delete("/v1/blocks/ada");
    await expect.poll(async () => (await read(bob as Caller, grant.mediaId)).status).toBe(200);
    await (ada as Caller).delete(`/v1/rooms/${roomId}/messages/${sent.body.id}`);
    await expect
      .poll(async () => codeOf(await read(bob as Caller, grant.mediaId)))
      .toEqual([404, "media_not_found"]);
    expect((await read(ada as Caller, grant.mediaId)).status).toBe(200);
    await live.close();
  });

  test("a message names nothing but its sender's good files, over REST and a socket", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const messages = `/v1/rooms/${roomId}/messages`;
    const [ada, bob] = [await tenant.client("ada"), await tenant.client("bob")];
    const granted = await grantOf(ada, png(1, 1));
    expect(codeOf(await ada.post(messages, picture(granted.mediaId)))).toEqual([409, "media_not_uploaded"]);
    const { mediaId } = await uploaded(ada, png(1, 1));
    for (const id of [mediaId, `med_${"0".repeat(22)}`, "nonsense"]) {
      expect(codeOf(await bob.post(messages, picture(id)))).toEqual([404, "media_not_found"]);
    }
    const both = { attachments: [{ type: "image", mediaId, url: "https://elsewhere.example/x.png" }] };
    expect(codeOf(await ada.post(messages, both))).toEqual([400, "invalid_request"]);

    const socket = await tenant.connect("ada");
    const frame = { type: "message.send", roomId, clientId: "c1", ...picture(mediaId) };
    expect(await socket.request(frame)).toMatchObject({ type: "ok" });
    const seen = await socket.reached(roomId, 2);
    expect(seen).toMatchObject({ attachments: [{ mediaId, width: 1, height: 1, fileName: "door.png" }] });
    // Again: the original, which is the only one.
    const again = await ada.post<Message>(messages, { clientId: "c1", ...picture(mediaId) });
    expect([again.status, again.body.seq]).toEqual([200, 2]);
    expect(await socket.request({ ...frame, clientId: "c2", ...picture(granted.mediaId) })).toMatchObject({
      error: { code: "media_not_uploaded" },
    });
    expect((await read(bob, mediaId)).status).toBe(200);

    // A message that the room refused shows its file to nobody there.
    const elsewhere = await tenant.room(["bob", "eve"]);
    const secret = await uploaded(ada, png(1, 2));
    await ada.post(`/v1/rooms/${elsewhere}/messages`, picture(secret.mediaId));
    expect(codeOf(await read(bob, secret.mediaId))).toEqual([404, "media_not_found"]);
    // A server's is its own, and may be named by it for anybody.
    const ofServer = await uploaded(tenant.server, png(2, 1));
    expect(codeOf(await ada.post(messages, picture(ofServer.mediaId)))).toEqual([404, "media_not_found"]);
    expect((await tenant.as("ada").post(messages, picture(ofServer.mediaId))).status).toBe(201);
    expect((await read(bob, ofServer.mediaId)).status).toBe(200);
    await socket.close();
  });

  test("the client uploads a file and sends it, and another's shows it", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const [ada, bob] = [tenant.sdk("ada"), tenant.sdk("bob")];
    const seen = new Promise<string>((resolve) => {
      bob.client.on("message.created", ({ attachments }) => resolve(attachments[0]?.mediaId ?? ""));
    });
    await Promise.all([ada.connect(), bob.connect()]);
    const picture = new Blob([png(4, 2)], { type: "image/png" });
    const { mediaId } = await ada.client.media.upload(picture, { fileName: "door.png" });
    await ada.client.send(roomId, { attachments: [{ type: "image", mediaId }] });
    expect(await seen).toBe(mediaId);
    const shown = await bob.client.media.get(mediaId);
    expect(shown).toMatchObject({ fileName: "door.png", width: 4, height: 2 });
    expect((await (await fetch(shown.url ?? "")).blob()).size).toBe(picture.size);
    const page = new File(["<html>"], "page.png", { type: "image/png" });
    await expect(ada.client.media.upload(page)).rejects.toMatchObject({ code: "media_refused" });
    await expect(ada.client.media.upload(new Blob(["x"], { type: "text/html" }))).rejects.toMatchObject({
      code: "media_type_not_allowed",
      retryable: false,
    });
    ada.client.disconnect();
    bob.client.disconnect();
  });

  test("what is not what it was said to be is never seen by anybody", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const [ada, bob] = [await tenant.client("ada"), await tenant.client("bob")];
    const page = Buffer.from("<!doctype html><script>alert(1)</script>");
    const files: [Buffer<ArrayBuffer>, string][] = [
      [page, "image/png"],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), "image/png"],
      [png(1, 1), "image/jpeg"],
      [png(1, 1), "text/plain"],
      // Says that it has more pixels than anybody could show.
      [png(60_000, 60_000, 1), "image/png"],
      [Buffer.from("MZ\x90\x00 a program"), "application/pdf"],
    ];
    for (const [bytes, contentType] of files) {
      const { mediaId } = await uploaded(ada, bytes, { contentType });
      expect(codeOf(await complete(ada, mediaId))).toEqual([422, "media_refused"]);
      expect(codeOf(await ada.post(`/v1/rooms/${roomId}/messages`, picture(mediaId)))).toEqual([
        422,
        "media_refused",
      ]);
      expect((await read(ada, mediaId)).body).toMatchObject({ state: "refused", url: null });
      expect(codeOf(await read(bob, mediaId))).toEqual([404, "media_not_found"]);
    }
    for (const contentType of ["text/html", "image/svg+xml", "application/javascript", "text/xml"]) {
      const asked = { fileName: "x.png", contentType, size: 5 };
      expect(codeOf(await ada.post("/v1/media", asked))).toEqual([415, "media_type_not_allowed"]);
    }
    for (const fileName of ["../../etc/passwd", "a\\b.png", "a\u0000.png", "a\u202egnp.exe", ""]) {
      const asked = { fileName, contentType: "image/png", size: 5 };
      expect(codeOf(await ada.post("/v1/media", asked))).toEqual([400, "invalid_request"]);
    }
    // A picture by its bytes is saved as one, whatever it is called.
    const { mediaId } = await uploaded(ada, png(1, 1), { fileName: "run.html" });
    const { body } = await complete(ada, mediaId);
    const file = await fetch(body.url ?? "");
    expect(file.headers.get("content-disposition")).toContain('filename="run.html.png"');
  });

  test("a signed URL does what it was signed for, and only that", async () => {
    const tenant = await stage.tenant();
    const ada = await tenant.client("ada");
    const [first, second] = [png(3, 3), png(3, 4)];
    const grant = await grantOf(ada, first);
    const { url, headers, method } = grant.upload;
    const put = async (to: string, body: BodyInit, also: Record<string, string> = {}) =>
      (await fetch(to, { method, body, headers: { ...headers, ...also }, duplex: "half" } as RequestInit))
        .status;
    expect(await put(url, Buffer.concat([first, Buffer.from("!")]))).toBeGreaterThanOrEqual(400);
    expect(await put(url, first, { "content-type": "text/html" })).toBeGreaterThanOrEqual(400);
    const middle = Math.floor((url.length + url.indexOf("=")) / 2);
    const changed = `${url.slice(0, middle)}${url[middle] === "A" ? "B" : "A"}${url.slice(middle + 1)}`;
    expect(await put(changed, first)).toBeGreaterThanOrEqual(400);
    expect((await fetch(url)).status).toBe(403);
    expect(codeOf(await complete(ada, grant.mediaId))).toEqual([409, "media_not_uploaded"]);

    expect((await send(grant, first)).ok).toBe(true);
    const good = (await complete(ada, grant.mediaId)).body;
    expect(good).toMatchObject({ state: "ready", width: 3, height: 3 });
    // What comes over the same URL later does not change what was checked.
    const evil = Buffer.concat([Buffer.from("<html>"), first]).subarray(0, first.length);
    await send(grant, evil);
    expect((await complete(ada, grant.mediaId)).body).toMatchObject({ state: "ready" });
    const kept = await fetch((await read(ada, grant.mediaId)).body.url ?? "");
    expect(Buffer.from(await kept.arrayBuffer()).equals(first)).toBe(true);
    expect((await fetch(good.url ?? "", { method: "PUT", body: second })).status).toBe(403);
    const mac = (good.url ?? "").replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    expect((await fetch(`${mac}x`)).status).toBeGreaterThanOrEqual(400);
  });

  test("a file may be larger than any other body, and is there as it was sent", async () => {
    const tenant = await stage.tenant();
    const ada = await tenant.client("ada");
    const bytes = Buffer.alloc(4 * limits.requestBodyBytesMax + 1, "Größe ");
    const { mediaId } = await uploaded(ada, bytes, { contentType: "text/plain", fileName: "big.txt" });
    const { url } = (await complete(ada, mediaId)).body;
    const file = await fetch(url ?? "");
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
    expect(file.headers.get("content-type")).toBe("text/plain");
  });

  test("a tenant has the files that its operator allows, and no larger ones", async () => {
    const tenant = await stage.tenant();
    const ada = await tenant.client("ada");
    const asked = (contentType: string, size: number) =>
      ada.post("/v1/media", { fileName: "x", contentType, size });
    expect((await asked("application/pdf", limits.mediaBytesDefault)).status).toBe(201);
    expect(codeOf(await asked("image/png", limits.mediaBytesDefault + 1))).toEqual([413, "media_too_large"]);
    const settings = { mediaBytesMax: 1_000, mediaTypes: ["image/png"] };
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings });
    await expect
      .poll(async () => codeOf(await asked("application/pdf", 5)))
      .toEqual([415, "media_type_not_allowed"]);
    await expect.poll(async () => codeOf(await asked("image/png", 1_001))).toEqual([413, "media_too_large"]);
    await expect.poll(async () => (await asked("image/png; x=y", 1_000)).status).toBe(201);
    // Counted over all nodes; one that does not know of it yet grants some.
    await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings: { mediaDayBytes: 10 } });
    await expect.poll(async () => codeOf(await asked("image/png", 10))).toEqual([429, "rate_limited"]);
    await expect
      .poll(async () => (await ada.get<{ media: object }>("/v1/limits")).body.media)
      .toEqual({ fileBytes: 1_000, dayBytes: 10, types: ["image/png"] });
  });

  test("one file is named by so many messages, and each room's members see it", async () => {
    const tenant = await stage.tenant();
    const [one, two] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "eve"])];
    const mediaId = await sendPicture(tenant, "ada", one);
    const [eve, ada] = [await tenant.client("eve"), await tenant.client("ada")];
    expect(codeOf(await read(eve, mediaId))).toEqual([404, "media_not_found"]);
    const name = (room: string) => ada.post<Message>(`/v1/rooms/${room}/messages`, picture(mediaId));
    expect((await name(two)).status).toBe(201);
    expect((await read(eve, mediaId)).status).toBe(200);
    const more = await Promise.all(Array.from({ length: limits.mediaUsesMax - 2 }, () => name(one)));
    expect(new Set(more.map(({ status }) => status))).toEqual(new Set([201]));
    expect(codeOf(await name(one))).toEqual([409, "media_shared_too_often"]);
  });
}
