import { beforeAll, describe, expect, test } from "vitest";
import type { Subject } from "./contract.ts";
import { TestRoom } from "./test-room.ts";
import { allEvents, allMessages, expectRoom } from "./visible.ts";

const texts: Record<string, string> = {
  emoji: "🚗💨 on my way 👍",
  "a family joined by ZWJ": "👩‍👩‍👧‍👦 and 🏳️‍🌈",
  "right to left, with marks": "مرحبا \u202bשָׁלוֹם\u202c ok",
  "combining marks, not composed": "e\u0301 vs \u00e9, Z\u0351\u036b\u0343",
  "four-byte characters": "𝕳𝖊𝖑𝖑𝖔 𠜎𠜱𡿺 \u{10FFFF}",
  "newlines of all kinds": "a\nb\r\nc\u2028d\u2029e\tf",
  NUL: "a\u0000b\u0000",
  "quotes and backslashes": `'; DROP TABLE messages; -- "\\u0041" \\`,
  nothing: "",
  "a byte-order mark and non-characters": "\uFEFFx\uFFFE\uFFFF",
  "8,000 code points": "🧭".repeat(8_000),
};

export function historyContract(subject: Subject): void {
  const { store, tenant } = subject;
  test.each(Object.entries(texts))("keeps text exactly: %s", async (_, text) => {
    const room = new TestRoom(tenant(), "r", 1, {
      name: text.slice(0, 200).toWellFormed(),
      custom: { [text]: text },
    });
    room.add("a");
    const sent = room.say("a", text, { custom: { text } });
    await store().writeRooms([room.write()]);
    await expectRoom(store(), room);
    const [read] = await store().readMessages(room.tenantId, "r", { limit: 1 });
    expect(read?.message.body).toBe(text);
    expect(read).toEqual(sent);
  });

  test("a message is found by its id in its room alone", async () => {
    const tenantId = tenant();
    const rooms = ["r", "s"].map((roomId) => new TestRoom(tenantId, roomId));
    for (const room of rooms) room.add("a");
    const [first, second] = rooms.map((room) => room.say("a", room.roomId));
    await store().writeRooms(rooms.map((room) => room.write()));
    const id = first?.message.id ?? "";
    expect(await store().readMessage(tenantId, "r", id)).toEqual(first);
    expect(await store().readMessage(tenantId, "s", id)).toBeNull();
    const both = [id, second?.message.id ?? ""];
    expect(await store().findMessages(tenantId, "r", both)).toEqual({
      places: new Map([[id, { number: 1, seq: 2 }]]),
      expired: 0,
    });
    expect(await store().findMessages(tenantId, "r", [])).toEqual({ places: new Map(), expired: 0 });
  });

  test("a message that was changed is read as it is now, at its place", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    const { message } = room.say("a", "tpyo");
    room.say("a", "next");
    await store().writeRooms([room.write()]);
    const edited = room.edit(1, "typo");
    await store().writeRooms([room.write(3)]);
    expect(await store().readMessage(room.tenantId, "r", message.id)).toEqual(edited);
    expect((await allMessages(store(), room)).map((row) => row.message.body)).toEqual(["typo", "next"]);
    // Later writes leave it there, whatever else they change.
    room.edit(2, "the next");
    await store().writeRooms([room.write(4)]);
    room.say("a", "last");
    await store().writeRooms([room.write(5)]);
    await expectRoom(store(), room);
  });

  test("a message that was made and changed by one write is read as it was changed", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.say("a", "tpyo");
    room.edit(1, "typo");
    room.edit(1, "a typo");
    await store().writeRooms([room.write()]);
    await expectRoom(store(), room);
  });

  test("of a message that is erased nothing is left: not at its place, nor in its versions or events", async () => {
    const room = new TestRoom(tenant(), "r");
    room.add("a");
    room.say("a", "a secret");
    room.say("a", "next");
    room.edit(1, "a secret!");
    await store().writeRooms([room.write()]);
    room.erase(1);
    await store().writeRooms([room.write(4)]);
    await expectRoom(store(), room);
    const page = { number: 1, afterSeq: 0, limit: 10 };
    expect(await store().readVersions(room.tenantId, "r", page)).toEqual([]);
    expect(JSON.stringify(await allEvents(store(), room))).not.toContain("secret");
    room.say("a", "last");
    await store().writeRooms([room.write(5)]);
    await expectRoom(store(), room);
    // What came and went with one write, too.
    room.say("a", "a secret");
    room.edit(4, "a secret!");
    room.erase(4);
    await store().writeRooms([room.write(6)]);
    await expectRoom(store(), room);
    expect(await store().readVersions(room.tenantId, "r", { ...page, number: 4 })).toEqual([]);
  });

  describe("of 2,500 messages", () => longHistory(subject));
}

/** Long enough for several of the partitions that a history is cut into. */
function longHistory({ store, tenant }: Subject): void {
  let room: TestRoom;
  beforeAll(async () => {
    room = new TestRoom(tenant(), "long");
    room.add("a");
    for (let n = 1; n <= 2_500; n++) room.say("a", `message ${n}`);
    for (let from = 0; from < room.steps; from += 500) {
      await store().writeRooms([room.write(from, Math.min(from + 500, room.steps))]);
    }
  });

  test.each([
    ["the newest", { limit: 50 }, 2_451, 2_500],
    ["before a border", { before: 2_001, limit: 50 }, 1_951, 2_000],
    ["over a border", { before: 1_026, limit: 50 }, 976, 1_025],
    ["over two borders", { before: 2_101, limit: 1_200 }, 901, 2_100],
    ["after a border", { after: 1_000, limit: 50 }, 1_001, 1_050],
    ["after, over a border", { after: 975, limit: 50 }, 976, 1_025],
    ["after, to the end", { after: 2_490, limit: 50 }, 2_491, 2_500],
    ["between", { after: 990, before: 1_011, limit: 50 }, 991, 1_010],
    ["between, cut to size", { after: 500, before: 1_011, limit: 20 }, 991, 1_010],
    ["the first", { before: 11, limit: 50 }, 1, 10],
    ["all", { limit: 5_000 }, 1, 2_500],
    ["none before the first", { before: 1, limit: 50 }, 1, 0],
    ["none after the last", { after: 2_500, limit: 50 }, 1, 0],
    ["before what is not there yet", { before: 1_000_000, limit: 2 }, 2_499, 2_500],
  ])("a page is newest first, and whole: %s", async (_, page, from, to) => {
    const rows = await store().readMessages(room.tenantId, room.roomId, page);
    const expected = Array.from({ length: to - from + 1 }, (_, index) => to - index);
    expect(rows.map(({ message }) => message.number)).toEqual(expected);
    expect(rows[0]?.message.body).toBe(expected.length > 0 ? `message ${to}` : undefined);
  });

  test("pages add up to the history, whatever their size", async () => {
    for (const limit of [100, 333, 1_000]) {
      const bodies = (await allMessages(store(), room, limit)).map(({ message }) => message.body);
      expect(bodies).toEqual(Array.from({ length: 2_500 }, (_, index) => `message ${index + 1}`));
    }
  });

  test.each([
    ["from the start", 0, 50],
    ["over a border", 975, 50],
    ["from a border", 1_000, 10],
    ["over two borders", 900, 1_200],
    ["to the end", 2_490, 50],
    ["nothing after the last", 2_501, 50],
  ])("events after a seq are ascending and without holes: %s", async (_, afterSeq, limit) => {
    const rows = await store().readEvents(room.tenantId, room.roomId, { afterSeq, limit });
    expect(rows).toEqual(room.after(room.steps).events.slice(afterSeq, afterSeq + limit));
  });

  test("pages of events add up to all", async () => {
    expect(await allEvents(store(), room, 333)).toEqual(room.after(room.steps).events);
  });

  test("messages are found by id wherever they are", async () => {
    const { messages } = room.after(room.steps);
    const wanted = [0, 999, 1_000, 1_234, 1_999, 2_000, 2_499].map((index) => messages[index]);
    for (const row of wanted) {
      expect(await store().readMessage(room.tenantId, room.roomId, row?.message.id ?? "")).toEqual(row);
    }
    const ids = messages.slice(800, 1_300).map(({ message }) => message.id);
    const { places: found } = await store().findMessages(room.tenantId, room.roomId, ids);
    expect([...found.values()].map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 500 }, (_, index) => index + 801),
    );
  });

  test("the room is loaded with its newest", async () => {
    const loaded = await store().loadRoom(room.tenantId, room.roomId);
    expect(loaded?.head).toEqual(room.head);
    expect(loaded?.recent.at(0)?.number).toBe(2_245);
    expect(loaded?.recent.at(-1)?.number).toBe(2_500);
  });

  test("equal reads at once all get the page", async () => {
    const pages = await Promise.all(
      Array.from({ length: 50 }, () => store().readMessages(room.tenantId, room.roomId, { limit: 5 })),
    );
    for (const page of pages)
      expect(page.map(({ message }) => message.number)).toEqual([2_500, 2_499, 2_498, 2_497, 2_496]);
  });
}
