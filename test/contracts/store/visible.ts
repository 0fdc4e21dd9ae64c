import { expect } from "vitest";
import type { EventRow, MemberRow, MessageRow, Store } from "#shared/store/store.ts";
import type { TestRoom } from "./test-room.ts";

/** Every message of a room by pages of `limit`, oldest first. */
export async function allMessages(store: Store, { tenantId, roomId }: TestRoom, limit = 100) {
  const rows: MessageRow[] = [];
  for (let before: number | undefined; ; ) {
    const page = await store.readMessages(
      tenantId,
      roomId,
      before === undefined ? { limit } : { before, limit },
    );
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined) return rows.reverse();
    before = last.message.number;
  }
}

export async function allEvents(store: Store, { tenantId, roomId }: TestRoom, limit = 100) {
  const rows: EventRow[] = [];
  for (let afterSeq = 0; ; ) {
    const page = await store.readEvents(tenantId, roomId, { afterSeq, limit });
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined) return rows;
    afterSeq = last.event.seq;
  }
}

async function allMembers(store: Store, { tenantId, roomId }: TestRoom, limit = 100) {
  const rows: MemberRow[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.readMembers(
      tenantId,
      roomId,
      after === undefined ? { limit } : { after, limit },
    );
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined) return rows;
    after = last.userId;
  }
}

/** That every read of the store shows the room as it was after so many steps, and nothing else. */
export async function expectRoom(
  store: Store,
  room: TestRoom,
  { steps = room.steps, users = [] }: { steps?: number; users?: readonly string[] } = {},
): Promise<void> {
  const { tenantId, roomId } = room;
  const model = room.after(steps);
  const ids = model.messages.map(({ message }) => message.id);
  const places = model.messages.map(({ message: { id, number, seq } }) => ({ messageId: id, number, seq }));

  const loaded = await store.loadRoom(tenantId, roomId);
  expect(loaded?.head).toEqual(model.head);
  expect([...(loaded?.members ?? [])].sort((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual(model.members);
  expect(loaded?.recent).toEqual(places.slice(-256));
  expect(await store.readHeads(tenantId, [roomId])).toEqual([model.head]);
  expect(await allMembers(store, room, 2)).toEqual(model.members);
  expect(await allMessages(store, room)).toEqual(model.messages);
  expect(await allEvents(store, room)).toEqual(model.events);

  const found = await store.findMessages(tenantId, roomId, [...ids, "msg_of_nobody"]);
  expect(found).toEqual({
    places: new Map(places.map(({ messageId, number, seq }) => [messageId, { number, seq }])),
    expired: model.head.expired?.number ?? 0,
  });
  for (const row of model.messages.slice(-3)) {
    expect(await store.readMessage(tenantId, roomId, row.message.id)).toEqual(row);
  }

  for (const rootId of new Set(model.messages.map(({ message }) => message.threadId))) {
    if (rootId === null) continue;
    const of = model.messages.filter(({ message }) => message.threadId === rootId).reverse();
    expect(await store.readThread(tenantId, roomId, { rootId, limit: 100 })).toEqual(of);
    const before = of[0]?.message.number ?? 0;
    expect(await store.readThread(tenantId, roomId, { rootId, before, limit: 1 })).toEqual(of.slice(1, 2));
  }

  for (const number of new Set(model.versions.map((version) => version.number))) {
    const of = model.versions.filter((version) => version.number === number).map(({ content }) => content);
    const read = (afterSeq: number, limit: number) =>
      store.readVersions(tenantId, roomId, { number, afterSeq, limit });
    expect(await read(0, 100)).toEqual(of);
    expect(await read(of[0]?.seq ?? 0, 1)).toEqual(of.slice(1, 2));
  }

  const listed = model.head.state !== "closed" && !model.head.deleted;
  for (const userId of new Set([...users, ...model.members.map((member) => member.userId)])) {
    const member = model.members.find((row) => row.userId === userId) ?? null;
    expect(await store.readMember(tenantId, roomId, userId)).toEqual(member);
    const membership = { head: model.head, member };
    expect(await store.readMemberships(tenantId, userId, ["none", roomId])).toEqual([null, membership]);
    const rooms = (await store.listOpenRooms(tenantId, userId)).filter((id) => id === roomId);
    expect(rooms).toEqual(listed && member !== null ? [roomId] : []);
  }
}
