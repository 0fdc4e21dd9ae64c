import { expect, test } from "vitest";
import type { Message } from "#shared/protocol/resources.ts";
import type { RoomExportLine } from "#shared/protocol/room-export.ts";
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
}
