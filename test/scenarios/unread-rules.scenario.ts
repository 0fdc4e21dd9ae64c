import { beforeAll, expect, test } from "vitest";
import { type UnreadRuleId, unreadRules } from "#shared/docs/unread-rules.ts";
import type { RoomSummary } from "#shared/protocol/resources.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

/** What a rule's story may do in its room, of Ada, whose count is asked for, and Bob. */
interface Stageplay {
  readonly say: (userId: string | null, content?: object) => Promise<unknown>;
  /** Ada's own markers. */
  readonly mark: (how: "read" | "delivered" | "unread", number: number) => Promise<unknown>;
  readonly change: (change: object) => Promise<unknown>;
  readonly mute: () => Promise<unknown>;
  /** Ada, Bob. */
  readonly block: (method: "PUT" | "DELETE") => Promise<unknown>;
  /** Until all that was said is gone by its age. */
  readonly outlive: () => Promise<unknown>;
  readonly letIn: (userId: string) => Promise<unknown>;
}

interface Story {
  /** A group where it is not said. */
  readonly type?: "direct";
  readonly play: (room: Stageplay) => Promise<unknown>;
  readonly unread: number;
  /** Of Ada where it is not said. */
  readonly of?: string;
  /** Where it is another than that of the room. */
  readonly total?: number;
}

const lines = (count: number, of: string | null = "bob", content: object = {}) =>
  async function play({ say }: Stageplay): Promise<void> {
    for (let i = 0; i < count; i++) await say(of, content);
  };

const stories: Readonly<Record<UnreadRuleId, Story>> = {
  others: { play: lines(2), unread: 2 },
  custom: { play: lines(1, "bob", { kind: "custom", custom: { offer: 7 } }), unread: 1 },
  own: { play: lines(2, "ada"), unread: 0 },
  system: { play: lines(2, null, { kind: "system" }), unread: 0 },
  silent: { play: lines(2, "bob", { silent: true }), unread: 0 },
  blocked: {
    play: async (room) => {
      await room.say("bob");
      await room.block("PUT");
      await lines(2)(room);
    },
    unread: 0,
  },
  unblocked: {
    play: async (room) => {
      await lines(2)(room);
      await room.mark("read", 1);
      await room.block("PUT");
      await room.say("bob");
      await room.block("DELETE");
    },
    unread: 2,
  },
  before: {
    play: async (room) => {
      await lines(2)(room);
      await room.letIn("cleo");
      await room.say("bob");
    },
    of: "cleo",
    unread: 1,
  },
  reading: {
    play: async (room) => {
      await lines(3)(room);
      await room.mark("read", 2);
    },
    unread: 1,
  },
  beyond: {
    play: async (room) => {
      await lines(2)(room);
      await room.mark("read", 900);
      await room.say("bob");
    },
    unread: 1,
  },
  backwards: {
    play: async (room) => {
      await lines(3)(room);
      await room.mark("read", 3);
      await room.mark("read", 1);
    },
    unread: 0,
  },
  sending: {
    play: async (room) => {
      await lines(2)(room);
      await room.say("ada");
      await room.say("bob");
    },
    unread: 1,
  },
  delivery: {
    play: async (room) => {
      await lines(2)(room);
      await room.mark("delivered", 2);
    },
    unread: 2,
  },
  unread: {
    play: async (room) => {
      for (const of of ["bob", "bob", "ada"]) await room.say(of);
      await room.say("bob", { silent: true });
      await room.say("bob");
      await room.mark("read", 5);
      await room.mark("unread", 2);
    },
    unread: 2,
  },
  unreadTwice: {
    play: async (room) => {
      await lines(3)(room);
      await room.mark("read", 1);
      await room.mark("unread", 3);
    },
    unread: 2,
  },
  unreadThenRead: {
    play: async (room) => {
      for (const of of ["bob", "bob", "ada", "bob"]) await room.say(of);
      await room.mark("read", 4);
      await room.mark("unread", 1);
      await room.mark("read", 1);
    },
    unread: 2,
  },
  expired: {
    type: "direct",
    play: async (room) => {
      await lines(2)(room);
      await room.outlive();
    },
    unread: 0,
  },
  muted: {
    play: async (room) => {
      await lines(2)(room);
      await room.mute();
    },
    unread: 2,
    total: 0,
  },
  closed: {
    play: async (room) => {
      await lines(2)(room);
      await room.change({ state: "closed" });
    },
    unread: 2,
    total: 0,
  },
};

export function unreadRulesHold(stage: Stage): void {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await stage.tenant();
  });

  test.each(unreadRules)("$what: $effect", async ({ id }) => {
    const { play, unread, of = "ada", total = unread, type = "group" } = stories[id];
    // Names of their own, as the total is over all rooms of a user.
    const named = (userId: string) => `${userId}-${id}`;
    const roomId = await tenant.room([named("ada"), named("bob")], type);
    const room = `/v1/rooms/${roomId}`;
    await play({
      say: (userId, content = {}) => {
        const caller = userId === null ? tenant.server : tenant.as(named(userId));
        return caller.post(`${room}/messages`, { body: "a line", ...content });
      },
      mark: (how, number) => tenant.as(named("ada")).post(`${room}/${how}`, { number }),
      change: (change) => tenant.server.patch(room, change),
      mute: () => tenant.as(named("ada")).put(`${room}/mute`, {}),
      block: async (method) => {
        await tenant.as(named("ada")).call(method, `/v1/blocks/${named("bob")}`);
        // The room is told by the log: what Ada asks of it next comes after.
        await tenant.as(named("ada")).delete(`${room}/mute`);
      },
      outlive: async () => {
        const ever = { messageSeconds: null, closedRoomSeconds: null };
        const retention = { direct: { ...ever, messageSeconds: 1 }, group: ever };
        await stage.operator().put(`/admin/v1/tenants/${tenant.tenantId}`, { settings: { retention } });
        await eventually(async () => {
          const { body } = await tenant.server.get<{ items: unknown[] }>(`${room}/messages`);
          expect(body.items).toEqual([]);
        }, 30_000);
      },
      letIn: (userId) => tenant.server.put(`${room}/members/${named(userId)}`, {}),
    });

    const reader = tenant.as(named(of));
    const one = await reader.get<{ unread: number }>(room);
    const list = await reader.get<{ items: RoomSummary[] }>("/v1/rooms");
    const badge = await reader.get<{ unreadTotal: number }>("/v1/unread");
    const { connected, close } = await device(tenant, named(of));
    expect(one.body.unread).toBe(unread);
    expect(badge.body.unreadTotal).toBe(total);
    expect(connected.unreadTotal).toBe(total);
    const listed = list.body.items.map((item) => item.unread);
    expect(listed).toEqual(id === "closed" ? [] : [unread]);
    expect(connected.rooms.map((item) => item.unread)).toEqual(listed);
    await close();
  });
}

async function device(tenant: Tenant, userId: string) {
  const client = await tenant.connect(userId);
  return { connected: client.connected, close: () => client.close() };
}
