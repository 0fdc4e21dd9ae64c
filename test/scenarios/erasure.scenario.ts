import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Erasure } from "#shared/protocol/erasures.ts";
import type { Media } from "#shared/protocol/media.ts";
import type { Message, Room, RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import { sendPicture } from "./pictures.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const codeOf = (answer: { readonly body: unknown }) =>
  (answer.body as { error?: { code: string } } | null)?.error?.code;

async function erase(tenant: Tenant, userId: string, messages: "anonymise" | "remove"): Promise<Erasure> {
  const path = `/v1/users/${userId}?messages=${messages}`;
  const begun = await tenant.server.delete<Erasure>(path);
  expect(begun.status, begun.text).toBe(202);
  expect(begun.body).toMatchObject({ userId, messages, status: "running", completedAt: null });
  return eventually(async () => {
    const { body } = await tenant.server.get<Erasure>(`/v1/erasures/${begun.body.taskId}`);
    expect(body).toMatchObject({ status: "done", userId: null, taskId: begun.body.taskId });
    return body;
  }, 20_000);
}

export function erasure(stage: Stage): void {
  /** Rooms of every kind that zoe is or was in, with something of hers in each. */
  async function world() {
    const tenant = await stage.tenant();
    const [pair, group, left, closed] = [
      await tenant.room(["zoe", "bob"]),
      await tenant.room(["zoe", "bob", "cem"], "group"),
      await tenant.room(["zoe", "bob"], "group"),
      await tenant.room(["zoe", "bob"], "group"),
    ];
    const rooms = [pair, group, left, closed];
    const profile = { displayName: "Zoe the Great", custom: { plate: "Z 1" } };
    await tenant.server.put("/v1/users/zoe", profile);
    const said: Message[] = [];
    for (const roomId of rooms) {
      const messages = `/v1/rooms/${roomId}/messages`;
      const own = await tenant
        .as("zoe")
        .post<Message>(messages, { body: "of hers", clientId: `c-${roomId}` });
      said.push(own.body);
      await tenant.as("zoe").patch(`${messages}/${own.body.id}`, { body: "of hers, edited" });
      const mention = { body: "hear", mentions: ["zoe"], replyToId: own.body.id };
      const other = await tenant.as("bob").post<Message>(messages, mention);
      await tenant.as("bob").patch(`${messages}/${other.body.id}`, { body: "hear, hear" });
      await tenant.as("zoe").put(`${messages}/${other.body.id}/reactions/👍`, {});
      await tenant.as("zoe").put(`${messages}/${other.body.id}/pin`, {});
      await tenant.as("bob").put(`${messages}/${own.body.id}/reactions/👎`, {});
      await tenant.as("bob").post(`${messages}/${own.body.id}/reports`, { reason: "rude" });
      await tenant
        .as("zoe")
        .post(`${messages}/${other.body.id}/reports`, { reason: "spam", note: "from zoe" });
    }
    await tenant.server.delete(`/v1/rooms/${left}/members/zoe`);
    await tenant.server.patch(`/v1/rooms/${closed}`, { state: "closed" });
    return { tenant, rooms, pair, group, left, closed, said };
  }

  /** All that a server can read of these rooms. */
  async function everythingIn(tenant: Tenant, rooms: readonly string[], said: readonly Message[]) {
    const paths = rooms.flatMap((roomId, i) => {
      const room = `/v1/rooms/${roomId}`;
      const versions = `${room}/messages/${said[i]?.id}/versions`;
      return [
        room,
        `${room}/members`,
        `${room}/messages`,
        `${room}/events?limit=100`,
        `${room}/export`,
        versions,
        "/v1/reports?limit=100",
      ];
    });
    return (await Promise.all(paths.map(async (path) => (await tenant.server.get(path)).text))).join("\n");
  }

  test.each(["anonymise", "remove"] as const)("a user is forgotten everywhere: %s", async (messages) => {
    const { tenant, rooms, pair, group, left, said } = await world();
    const zoe = await tenant.connect("zoe");
    const zoeToken = await tenant.client("zoe");
    const bob = await tenant.connect("bob");
    const mediaId = await sendPicture(tenant, "zoe", group, { fileName: "passport.png" });
    const url = (await tenant.as("bob").get<Media>(`/v1/media/${mediaId}`)).body.url ?? "";
    expect((await fetch(url)).status).toBe(200);
    expect(await everythingIn(tenant, rooms, said)).toContain('"zoe"');
    const { body: before } = await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms");

    const done = await erase(tenant, "zoe", messages);
    expect(done.roomsDone).toBe(4);
    expect(await zoe.closed).toMatchObject({ code: 4501 });
    // Another process may have its last answer about her tokens in memory.
    await eventually(
      async () => expect((await zoeToken.get("/v1/rooms")).status).toBe(401),
      limits.authorityCacheMs + 1_000,
    );
    expect(codeOf(await tenant.server.get("/v1/users/zoe"))).toBe("user_not_found");
    // It counts as there for some seconds, and after those as never seen.
    const { text: presence } = await tenant.server.get("/v1/presence?userIds=zoe");
    expect(JSON.parse(presence).items).toMatchObject([{ userId: "zoe", lastSeenAt: null }]);

    // Nothing of a file can be made anonymous.
    expect(codeOf(await tenant.server.get(`/v1/media/${mediaId}`))).toBe("media_not_found");
    expect((await fetch(url)).status).toBe(404);

    const all = await everythingIn(tenant, rooms, said);
    expect(all).not.toMatch(/"zoe"|Zoe the Great/);
    for (const { clientId } of said) expect(all).not.toContain(clientId);
    expect(all).not.toContain("from zoe");
    if (messages === "remove") expect(all).not.toContain("of hers");

    // A direct room keeps its two, others have one less; what was said keeps its place.
    const { body: now } = await tenant.server.get<Room>(`/v1/rooms/${pair}`);
    const somebody = now.members.find(({ userId }) => userId !== "bob");
    expect(somebody?.userId).toMatch(/^erased:/);
    expect((await tenant.server.get<Room>(`/v1/rooms/${group}`)).body.members).toHaveLength(2);
    const history = await tenant.as("bob").get<Page<Message>>(`/v1/rooms/${left}/messages`);
    expect(history.body.items).toMatchObject([
      { number: 2, body: "hear, hear", mentions: [somebody?.userId], reactions: {} },
      {
        number: 1,
        senderId: somebody?.userId,
        clientId: null,
        body: messages === "remove" ? null : "of hers, edited",
      },
    ]);
    const unreadOf = ({ items }: Page<RoomSummary>) =>
      Object.fromEntries(items.map(({ roomId, unread }) => [roomId, unread]));
    const { body: after } = await tenant.as("bob").get<Page<RoomSummary>>("/v1/rooms");
    expect(unreadOf(after)).toEqual(unreadOf(before));

    // Whoever was there heard of it, as dense as ever, and whoever catches up hears the same of nobody.
    const { seq } = now;
    await bob.reached(pair, seq);
    const events = bob.events(pair);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => seq - events.length + 1 + i));
    expect(events).toContainEqual(expect.objectContaining({ type: "member.removed", userId: "zoe" }));
    const back = await tenant.connect("bob", { [pair]: 1 });
    await back.reached(pair, seq);
    expect(JSON.stringify(back.events(pair))).not.toContain('"zoe"');
    await Promise.all([bob.close(), back.close()]);
  });

  test("the same call again is the same task, and later finds nothing to do; whoever comes after is somebody new", async () => {
    const { tenant, group } = await world();
    const path = "/v1/users/zoe?messages=anonymise";
    const [first, second] = await Promise.all([
      tenant.server.delete<Erasure>(path),
      tenant.server.delete<Erasure>(path),
    ]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.body.taskId).toBe(second.body.taskId);
    await eventually(async () => {
      const { body } = await tenant.server.get<Erasure>(`/v1/erasures/${first.body.taskId}`);
      expect(body.status).toBe("done");
    }, 20_000);
    const { body: before } = await tenant.server.get<Room>(`/v1/rooms/${group}`);
    expect((await erase(tenant, "zoe", "remove")).roomsDone).toBe(0);
    expect((await tenant.server.get<Room>(`/v1/rooms/${group}`)).body).toEqual(before);

    await tenant.server.put(`/v1/rooms/${group}/members/zoe`, {});
    const again = await tenant.connect("zoe");
    expect(again.connected.rooms.map(({ roomId }) => roomId)).toEqual([group]);
    await again.close();
  });

  test("it is for servers alone, and says what becomes of the messages", async () => {
    const tenant = await stage.tenant();
    const client = await tenant.client("zoe");
    expect(codeOf(await client.delete("/v1/users/zoe?messages=remove"))).toBe("forbidden");
    const task = await tenant.server.delete("/v1/users/max");
    expect([task.status, task.body]).toMatchObject([202, { messages: "anonymise" }]);
    expect(codeOf(await tenant.server.delete("/v1/users/zoe?messages=keep"))).toBe("invalid_request");
    expect(codeOf(await tenant.server.get(`/v1/erasures/ers_${"0".repeat(22)}`))).toBe("erasure_not_found");
    // Whoever it is, and whether it was ever there, the call need not know.
    expect((await erase(tenant, "nobody", "remove")).roomsDone).toBe(0);
  });
}
