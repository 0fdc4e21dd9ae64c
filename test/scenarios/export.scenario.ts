import { expect, test } from "vitest";
import type { Message } from "#shared/protocol/resources.ts";
import type { RoomExportLine } from "#shared/protocol/room-export.ts";
import type { UserExportLine } from "#shared/protocol/user-export.ts";
import { sendPicture } from "./pictures.ts";
import type { Stage } from "./stage.ts";

/** What a customer takes out of the product again. */
export function exports(stage: Stage): void {
  test("a room is exported whole: its members, messages in order, reactions, and what was said before", async () => {
    const tenant = await stage.tenant();
    await tenant.server.put("/v1/users/ada", { displayName: "Ada" });
    const roomId = await tenant.room(["ada", "bob"], "group");
    const room = `/v1/rooms/${roomId}`;
    const says = (n: number) => tenant.as("ada").post<Message>(`${room}/messages`, { body: `no ${n}` });
    const sent = await Promise.all(Array.from({ length: 120 }, (_, n) => says(n)));
    const [edited, deleted] = [sent[7]?.body, sent[110]?.body] as [Message, Message];
    await tenant.as("ada").patch(`${room}/messages/${edited.id}`, { body: "better" });
    await tenant.as("bob").call("PUT", `${room}/messages/${edited.id}/reactions/ok`);
    await tenant.as("ada").delete(`${room}/messages/${deleted.id}`);

    const answer = await tenant.server.get(`${room}/export`);
    expect(answer.headers.get("content-type")).toMatch(/^application\/x-ndjson/);
    const lines = answer.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RoomExportLine);
    expect(lines[0]).toMatchObject({ type: "room", room: { roomId, number: 120, memberCount: 2 } });
    const members = lines.flatMap((line) => (line.type === "member" ? [line.member] : []));
    expect(members).toMatchObject([{ userId: "ada", profile: { displayName: "Ada" } }, { userId: "bob" }]);
    const messages = lines.flatMap((line) => (line.type === "message" ? [line.message] : []));
    expect(messages.map(({ number }) => number)).toEqual(sent.map((_, n) => n + 1));
    expect(messages.find(({ id }) => id === deleted.id)).toMatchObject({ body: null });
    expect(lines.filter(({ type }) => type === "reaction")).toEqual([
      { type: "reaction", messageId: edited.id, key: "ok", userId: "bob" },
    ]);
    expect(lines.filter(({ type }) => type === "version")).toMatchObject(
      [
        { messageId: edited.id, version: { body: edited.body } },
        { messageId: deleted.id, version: { body: deleted.body } },
      ].toSorted(
        (a, b) =>
          messages.findIndex(({ id }) => id === a.messageId) -
          messages.findIndex(({ id }) => id === b.messageId),
      ),
    );
    expect(lines.at(-1)).toEqual({ type: "end", lines: lines.length - 1 });
  });

  test("a user is exported whole: its profile, settings, rooms, what it said and said before, its reactions and files", async () => {
    const tenant = await stage.tenant();
    await tenant.as("ada").put("/v1/privacy", { receipts: false });
    await tenant.as("ada").put("/v1/blocks/eve", {});
    const [here, left] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "bob"], "group")];
    const says = async (userId: string, roomId: string, body: string) =>
      (await tenant.as(userId).post<Message>(`/v1/rooms/${roomId}/messages`, { body })).body;
    const own = [await says("ada", here, "a"), await says("ada", left, "c")] as const;
    const other = await says("bob", here, "b");
    await tenant.as("ada").patch(`/v1/rooms/${here}/messages/${own[0].id}`, { body: "A" });
    await tenant.as("ada").put(`/v1/rooms/${here}/messages/${other.id}/reactions/ok`, {});
    await tenant.as("bob").put(`/v1/rooms/${here}/messages/${own[0].id}/reactions/no`, {});
    const mediaId = await sendPicture(tenant, "ada", left, { fileName: "door.png" });
    await tenant.server.delete(`/v1/rooms/${left}/members/ada`);

    const answer = await tenant.server.get("/v1/users/ada/export");
    expect(answer.headers.get("content-type")).toMatch(/^application\/x-ndjson/);
    const lines = answer.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as UserExportLine);
    const of = <T extends UserExportLine["type"]>(type: T) => lines.filter((line) => line.type === type);
    expect(lines[0]).toMatchObject({
      type: "user",
      userId: "ada",
      profile: { displayName: "ada" },
      privacy: { receipts: false, presence: true },
      blocked: ["eve"],
    });
    const rooms = [
      { room: { roomId: here, type: "direct" }, member: { role: "member" } },
      { room: { roomId: left, type: "group" }, member: null },
    ].toSorted((a, b) => (a.room.roomId < b.room.roomId ? -1 : 1));
    expect(of("room")).toMatchObject(rooms);
    const bodies = lines.flatMap((line) => (line.type === "message" ? [line.message.body] : []));
    expect(bodies.toSorted()).toEqual(["A", "c", null].sort());
    expect(of("version")).toMatchObject([{ messageId: own[0].id, version: { body: "a" } }]);
    expect(of("reaction")).toEqual([{ type: "reaction", roomId: here, messageId: other.id, key: "ok" }]);
    expect(of("media")).toMatchObject([{ mediaId, fileName: "door.png", contentType: "image/png" }]);
    expect(lines.at(-1)).toEqual({ type: "end", lines: lines.length - 1 });
    expect((await (await tenant.client("ada")).get("/v1/users/ada/export")).status).toBe(403);
    // Of whom nothing is known, that is said.
    const nobody = await tenant.server.get("/v1/users/nobody/export");
    expect(nobody.text.trimEnd().split("\n")).toHaveLength(2);
  });
}
