import { expect, test } from "vitest";
import type { Message, RoomSummary } from "#shared/protocol/resources.ts";
import type { Caller } from "./caller.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Follows `next` to the end. */
async function allPages<T>(caller: Caller, pathOf: (next: string | null) => string): Promise<T[][]> {
  const pages: T[][] = [];
  let next: string | null = null;
  do {
    const { body }: { body: Page<T> } = await caller.get<Page<T>>(pathOf(next));
    pages.push([...body.items]);
    next = body.next;
  } while (next !== null);
  return pages;
}

async function roomWithMessages(tenant: Tenant, count: number): Promise<string> {
  const roomId = await tenant.room(["ada", "bob"]);
  for (let i = 1; i <= count; i++) {
    await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: `message ${i}` });
  }
  return roomId;
}

const numbers = (messages: readonly Message[]) => messages.map(({ number }) => number);

export function paging(stage: Stage): void {
  test("history is read newest first, page after page, without a hole or a repeat", async () => {
    const tenant = await stage.tenant();
    const roomId = await roomWithMessages(tenant, 7);
    const bob = await tenant.client("bob");
    const path = `/v1/rooms/${roomId}/messages`;
    const pages = await allPages<Message>(
      bob,
      (next) => `${path}?limit=3${next === null ? "" : `&before=${next}`}`,
    );
    expect(pages.map(numbers)).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    const byCursor = await allPages<Message>(
      bob,
      (next) => `${path}?limit=3${next === null ? "" : `&cursor=${next}`}`,
    );
    expect(byCursor).toEqual(pages);
    const page = async (query: string) =>
      numbers((await bob.get<Page<Message>>(`${path}?${query}`)).body.items);
    expect(await page("before=4")).toEqual([3, 2, 1]);
    expect(await page("after=4")).toEqual([7, 6, 5]);
    // A reader that goes forward gets what follows, not the newest.
    expect(await page("after=2&limit=2")).toEqual([4, 3]);
    expect(await page("after=2&before=6")).toEqual([5, 4, 3]);
    expect(await page("around=4&limit=3")).toEqual([5, 4, 3]);
    expect(await page("after=7")).toEqual([]);
    expect(await page("before=1")).toEqual([]);
    const socket = await tenant.connect("bob");
    const overSocket = await socket.request({ type: "history", roomId, before: 6, limit: 2 });
    expect(numbers(overSocket.items as Message[])).toEqual([5, 4]);
    expect(overSocket.next).toBe("4");
    await socket.close();
  });

  test("catch-up gives every event after a seq, in order, page after page", async () => {
    const tenant = await stage.tenant();
    const roomId = await roomWithMessages(tenant, 5);
    const bob = await tenant.client("bob");
    const path = `/v1/rooms/${roomId}/events`;
    const pages = await allPages<{ seq: number }>(bob, (next) => `${path}?limit=4&after=${next ?? 0}`);
    expect(pages.map((page) => page.map(({ seq }) => seq))).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
    expect((await bob.get(`${path}?after=6`)).body).toEqual({ items: [], next: null });
    expect((await bob.get<Page<unknown>>(`${path}?after=3&limit=1`)).body).toMatchObject({
      items: [{ seq: 4, body: "message 3" }],
      next: "4",
    });
  });

  test("a user's rooms are listed by latest activity, page after page, with unread and last message", async () => {
    const tenant = await stage.tenant();
    const [first, second, third] = [
      await tenant.room(["ada", "bob"]),
      await tenant.room(["ada", "cleo"]),
      await tenant.room(["ada", "dan"]),
    ];
    await tenant.room(["bob", "cleo"]);
    const sent = await tenant.as("bob").post<Message>(`/v1/rooms/${first}/messages`, { body: "newest" });
    const ada = await tenant.client("ada");
    const { body } = await ada.get<Page<RoomSummary>>("/v1/rooms");
    expect(body.items.map(({ roomId }) => roomId)).toEqual([first, third, second]);
    expect(body.items[0]).toMatchObject({
      unread: 1,
      seq: 2,
      number: 1,
      state: "open",
      lastMessage: sent.body,
    });
    expect(body.items[1]).toMatchObject({ unread: 0, seq: 1, number: 0, lastMessage: null });
    const pages = await allPages<RoomSummary>(
      ada,
      (next) => `/v1/rooms?limit=2${next === null ? "" : `&cursor=${next}`}`,
    );
    expect(pages).toEqual([body.items.slice(0, 2), body.items.slice(2)]);
    const socket = await tenant.connect("ada");
    expect(socket.connected.rooms).toEqual(body.items);
    await socket.close();
  });

  test("members are listed by id, page after page", async () => {
    const tenant = await stage.tenant();
    const userIds = ["u3", "u1", "u5", "u2", "u4"];
    const roomId = await tenant.room(userIds, "group");
    const pages = await allPages<{ userId: string }>(
      tenant.server,
      (next) => `/v1/rooms/${roomId}/members?limit=2${next === null ? "" : `&cursor=${next}`}`,
    );
    expect(pages.map((page) => page.map(({ userId }) => userId))).toEqual([
      ["u1", "u2"],
      ["u3", "u4"],
      ["u5"],
    ]);
  });
}
