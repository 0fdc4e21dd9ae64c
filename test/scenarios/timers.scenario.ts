import { expect, test } from "vitest";
import type { RoomSummary } from "#shared/protocol/resources.ts";
import type { Answer } from "./documented-answer.ts";
import type { Stage } from "./stage.ts";

const codeOf = ({ body }: Answer) => (body as { error?: { code: string } } | null)?.error?.code;
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

/** Rooms that freeze and close by themselves. */
export function timers(stage: Stage): void {
  test.concurrent("a room freezes and closes when it is time, not before, and its members are told", async () => {
    const tenant = await stage.tenant();
    const roomId = "trip";
    const room = `/v1/rooms/${roomId}`;
    const members = [{ userId: "ada", role: "owner" }, { userId: "bob" }];
    const [freezeAt, closeAt] = [soon(1_500), soon(6_000)];
    const ada = await tenant.connect("ada");
    const made = await tenant.server.put(room, { type: "direct", members, freezeAt, closeAt });
    expect(made.body).toMatchObject({ state: "open", freezeAt, closeAt });
    const frozen = await ada.next(({ type }) => type === "room.frozen");
    const frozenMs = Date.now() - Date.parse(freezeAt);
    expect(frozen).toMatchObject({ roomId, seq: 2, actorId: null, capabilities: expect.any(Array) });
    expect(frozen.capabilities).not.toContain("message.send");
    expect((await tenant.server.get(room)).body).toMatchObject({ state: "frozen", freezeAt: null, closeAt });
    const closed = await ada.next(({ type }) => type === "room.closed");
    const closedMs = Date.now() - Date.parse(closeAt);
    expect(closed).toMatchObject({ roomId, seq: 3, actorId: null });
    expect((await tenant.server.get(room)).body).toMatchObject({ state: "closed", closeAt: null });
    for (const late of [frozenMs, closedMs]) expect(late).toBeGreaterThanOrEqual(0);
    expect(codeOf(await (await tenant.client("bob")).post(`${room}/messages`, { body: "?" }))).toBe(
      "room_closed",
    );
    // Opened again it stays open: what has come has come.
    await tenant.server.patch(room, { state: "open" });
    expect(await ada.reached(roomId, 4)).toMatchObject({ type: "room.reopened" });
    expect((await tenant.server.get(room)).body).toMatchObject({
      state: "open",
      freezeAt: null,
      closeAt: null,
    });
    await ada.close();
  });

  test.concurrent("a time can be moved and cancelled, by an owner too, and one that has passed closes at once", async () => {
    const tenant = await stage.tenant();
    const owner = { userId: "ada", role: "owner" };
    const bob = await tenant.connect("bob");
    const ada = await tenant.client("ada");
    const put = (roomId: string, closeAt: string) =>
      tenant.server.put(`/v1/rooms/${roomId}`, {
        type: "direct",
        members: [owner, { userId: "bob" }],
        closeAt,
      });
    await Promise.all([
      put("cancelled", soon(4_000)),
      put("moved", soon(4_000)),
      put("nearer", soon(900_000)),
    ]);
    expect((await ada.patch("/v1/rooms/cancelled", { closeAt: null })).body).toMatchObject({ closeAt: null });
    expect((await ada.patch("/v1/rooms/moved", { closeAt: soon(7_000) })).status).toBe(200);
    expect((await ada.patch("/v1/rooms/nearer", { closeAt: soon(1_800) })).status).toBe(200);
    await put("passed", "2020-01-01T00:00:00.000Z");
    const closed = () => bob.frames.filter(({ type }) => type === "room.closed").map(({ roomId }) => roomId);
    for (const roomId of ["passed", "nearer", "moved"]) {
      await bob.next((frame) => frame.type === "room.closed" && frame.roomId === roomId);
    }
    expect(closed().sort()).toEqual(["moved", "nearer", "passed"]);
    const listed = (await ada.get<{ items: RoomSummary[] }>("/v1/rooms")).body.items;
    expect(listed.map(({ roomId }) => roomId)).toEqual(["cancelled"]);
    await bob.close();
  });

  test("a time that does not exist or is years off is refused, and a plain member sets none", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const room = `/v1/rooms/${roomId}`;
    for (const freezeAt of ["2026-02-30T00:00:00.000Z", "2999-01-01T00:00:00.000Z", "tomorrow"]) {
      expect(codeOf(await tenant.server.patch(room, { freezeAt })), freezeAt).toBe("invalid_request");
    }
    expect(codeOf(await (await tenant.client("ada")).patch(room, { closeAt: soon(1_000) }))).toBe(
      "forbidden",
    );
  });
}
