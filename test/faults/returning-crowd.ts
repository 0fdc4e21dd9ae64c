import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { BareClient } from "#test/scenarios/bare-client.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";
import type { Rig } from "./rig.ts";

/** Of the shared rooms half of the members are at either gateway, of the others all at the one that dies. */
const roomsShared = 15;
const roomsAtOne = 5;
const membersEach = 20;
const missedEach = 3;
const atOnce = 20;

interface Member {
  readonly roomId: string;
  readonly token: string;
  readonly client: BareClient;
}

async function inTurns<I, O>(
  items: readonly I[],
  work: (item: I, index: number) => Promise<O>,
): Promise<O[]> {
  const results: O[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    const some = items.slice(start, start + atOnce);
    results.push(...(await Promise.all(some.map((item, i) => work(item, start + i)))));
  }
  return results;
}

/** Comes again, when it is told to, while the gateway works on as many handshakes as it may. */
async function connected(url: string, token: string, resume: Record<string, number> = {}) {
  for (;;) {
    const client = await BareClient.open(url);
    client.sendJson({ type: "connect", token, resume });
    const answer = await client.next(({ type }) => type === "connected" || type === "error");
    if (answer.type === "connected") return client;
    expect(answer.error).toMatchObject({ code: "overloaded", retryAfterMs: expect.any(Number) });
    await sleep(Number({ retryAfterMs: 1_000, ...answer.error }.retryAfterMs));
  }
}

const newest = ({ client, roomId }: Member) => client.events(roomId).at(-1)?.seq ?? 0;

async function historyReads(adminUrl: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(/^sendsar_gateway_history_reads_total\{[^}]*\} (\d+)/m.exec(text)?.[1]);
}

/** The customer's server says something in a room, and it has been applied. @returns its seq. */
async function say(tenant: Tenant, roomId: string, body: string): Promise<number> {
  const path = `/v1/rooms/${roomId}/messages`;
  const { status, body: message } = await tenant.as("member-0").post<{ seq: number }>(path, { body });
  expect(status).toBe(201);
  return message.seq;
}

export function returningCrowd(rig: () => Rig): void {
  test("a crowd whose gateway died is told all it missed by the other, which hardly reads the history for it", {
    timeout: 180_000,
  }, async ({ annotate }) => {
    const tenant = await rig().tenant();
    const [dying, staying] = (await rig().nodes("gateway")).filter(({ state }) => state === "up");
    if (dying?.url == null || staying?.url == null) throw new Error("two gateways were to be up");
    const adminUrl = staying.adminUrl ?? "";
    const rooms = await inTurns(Array.from({ length: roomsShared + roomsAtOne }), async (_, room) => {
      const userIds = Array.from(
        { length: membersEach },
        (_, i) => `member-${i}${i === 0 ? "" : `-${room}`}`,
      );
      return { roomId: await tenant.room(userIds, "group"), userIds, shared: room < roomsShared };
    });
    const seats = rooms.flatMap(({ roomId, userIds, shared }) =>
      userIds.slice(1).map((userId, i) => {
        return { roomId, userId, url: shared && i % 2 === 0 ? staying.url : dying.url };
      }),
    );
    const members = await inTurns(seats, async ({ roomId, userId, url }) => {
      const token = await tenant.token(userId);
      return { roomId, token, isLost: url === dying.url, client: await connected(url ?? "", token) };
    });
    const before = new Map(
      await inTurns(rooms, async ({ roomId }) => [roomId, await say(tenant, roomId, "before")]),
    );
    await Promise.all(members.map(({ client, roomId }) => client.reached(roomId, before.get(roomId) ?? 0)));

    const whole = rig().kill(dying.id);
    const lost = members.filter(({ isLost }) => isLost);
    await Promise.all(lost.map(({ client }) => client.closed));
    const last = new Map(
      await inTurns(rooms, async ({ roomId }) => {
        for (let n = 1; n < missedEach; n++) await say(tenant, roomId, `missed ${n}`);
        return [roomId, await say(tenant, roomId, "the last")];
      }),
    );
    const readsBefore = await historyReads(adminUrl);
    const back = await Promise.all(
      lost.map(async (member): Promise<Member & { from: number }> => {
        const from = newest(member);
        const client = await connected(staying.url ?? "", member.token, { [member.roomId]: from });
        return { ...member, client, from };
      }),
    );
    await inTurns(rooms, ({ roomId }) => say(tenant, roomId, "after"));
    await Promise.all(
      back.map(async (member) => {
        const { client, roomId, from } = member;
        const end = (last.get(roomId) ?? 0) + 1;
        await client.reached(roomId, end);
        const gap = client.frames.find((frame) => frame.type === "room.gap" && frame.roomId === roomId);
        const told = client.events(roomId).map(({ seq }) => seq);
        const first = (gap === undefined ? from : Number(gap.toSeq)) + 1;
        expect(told).toEqual(Array.from({ length: end - first + 1 }, (_, i) => first + i));
      }),
    );
    const reads = (await historyReads(adminUrl)) - readsBefore;
    await annotate(
      `${lost.length} clients came back, each had missed ${missedEach} events: ${reads} reads of the history`,
    );
    // A room that the gateway did not follow is read once, or twice where the first read was too early for somebody.
    expect(reads).toBeLessThanOrEqual(2 * roomsAtOne);
    await Promise.all(
      [...back, ...members.filter(({ isLost }) => !isLost)].map(({ client }) => client.close()),
    );
    await whole;
    await eventually(async () => expect(await rig().nodes("gateway")).toHaveLength(2));
  });
}
