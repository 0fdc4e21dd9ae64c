import { expect, test } from "vitest";
import type { RoomSummary } from "#shared/protocol/resources.ts";
import type { Answer } from "./documented-answer.ts";
import type { Stage } from "./stage.ts";

const codeOf = ({ body }: Answer) => (body as { error?: { code: string } } | null)?.error?.code;
interface Page {
  readonly items: readonly RoomSummary[];
  readonly next: string | null;
}
interface Closing {
  readonly items: readonly {
    readonly roomId: string;
    readonly result: string;
    readonly error?: { code: string };
  }[];
}

/** Open rooms and closed ones, each in a list of its own. */
export function archive(stage: Stage): void {
  test("many rooms are closed by one call, each answered for itself, and found in the archive page by page", async () => {
    const tenant = await stage.tenant();
    const ids = await Promise.all(Array.from({ length: 5 }, () => tenant.room(["ada", "bob"])));
    const [open, reopened, ...others] = ids as [string, string, ...string[]];
    const close = (roomIds: readonly string[]) => tenant.server.post<Closing>("/v1/rooms/close", { roomIds });
    const answer = await close([reopened, "nothing", ...others]);
    expect(answer.body.items.map(({ roomId, result }) => [roomId, result])).toEqual([
      [reopened, "closed"],
      ["nothing", "refused"],
      ...others.map((roomId) => [roomId, "closed"]),
    ]);
    expect(answer.body.items[1]?.error?.code).toBe("room_not_found");
    expect((await close(others)).body.items.every(({ result }) => result === "closed")).toBe(true);
    await tenant.server.patch(`/v1/rooms/${reopened}`, { state: "open" });

    const ada = await tenant.client("ada");
    const opened = (await ada.get<Page>("/v1/rooms")).body.items;
    expect(opened.map(({ roomId }) => roomId).sort()).toEqual([open, reopened].sort());
    const whole = (await ada.get<Page>("/v1/rooms?state=closed")).body;
    expect(whole.items.map(({ roomId }) => roomId).sort()).toEqual([...others].sort());
    expect(whole.next).toBeNull();
    const times = whole.items.map(({ closedAt }) => closedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(whole.items[0]).toMatchObject({ state: "closed", capabilities: ["message.report", "room.read"] });

    const { client, connect } = tenant.sdk("ada");
    await connect();
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await client.closedRooms({ limit: 2, ...(cursor === "" ? {} : { cursor }) });
      paged.push(...page.items.map(({ roomId }) => roomId));
      cursor = page.next;
    }
    expect(paged).toEqual(whole.items.map(({ roomId }) => roomId));
    client.disconnect();
    expect(codeOf(await ada.get("/v1/rooms?state=closed&cursor=nonsense"))).toBe("invalid_request");
    expect(codeOf(await ada.get("/v1/rooms?state=frozen"))).toBe("invalid_request");
    expect(codeOf(await close([]))).toBe("invalid_request");
    expect(codeOf(await ada.post("/v1/rooms/close", { roomIds: ids }))).toBe("forbidden");
  });

  test("an archive has no room that was closed, opened and closed again twice, or that one has left", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"], "group");
    const room = `/v1/rooms/${roomId}`;
    for (const state of ["closed", "open", "closed"]) await tenant.server.patch(room, { state });
    const archived = async (userId: string) =>
      (await tenant.as(userId).get<Page>("/v1/rooms?state=closed")).body.items.map((one) => one.roomId);
    expect(await archived("ada")).toEqual([roomId]);
    await tenant.server.delete(`${room}/members/bob`);
    expect(await archived("bob")).toEqual([]);
    await tenant.server.delete(room);
    expect(await archived("ada")).toEqual([]);
  });
}
