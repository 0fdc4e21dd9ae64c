import { rfc3339 } from "#shared/clock.ts";
import { topicsOf } from "#shared/log/topics.ts";
import type { Command } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { RoomHead } from "#shared/store/store.ts";
import { HistoryRecorder } from "#test/history-checker/recorder.ts";
import { devices, laterRooms, type RoomPlan, rooms } from "./cast.ts";
import { Deployment, nth } from "./deployment.ts";
import type { World } from "./engines/memory-log.ts";
import { Device } from "./nodes/device.ts";
import type { Parts } from "./parts.ts";
import type { Random } from "./random.ts";
import type { Action } from "./schedule.ts";

const retryMs = 500;
const server = { kind: "server", userId: null } as const;

/** The deployment and those who use it. */
export class Play {
  readonly topics = topicsOf({ prefix: "", partitions: 3, inboxPartitions: 1 });
  readonly recorder: HistoryRecorder;
  readonly deployment: Deployment;
  readonly devices: Device[] = [];
  readonly rooms: RoomPlan[] = [...rooms];
  readonly #laterRooms = [...laterRooms];
  readonly #world: World;
  readonly #random: Random;
  #unanswered = 0;
  #deliveriesWereLost = false;

  constructor(world: World, random: Random, parts: Parts) {
    this.#world = world;
    this.#random = random;
    this.recorder = new HistoryRecorder(() => world.time.nowMs());
    this.deployment = new Deployment(world, {
      random,
      topics: this.topics,
      parts,
      gatewayGone: (machine) => {
        for (const device of this.devices) {
          if (device.gateway === machine) device.cut({ silent: random.chance(0.3) });
        }
      },
    });
    for (const room of this.rooms) this.#putRoom(room);
  }

  /** What the server and the devices have asked for is durable. */
  get isAnswered(): boolean {
    return this.#unanswered === 0 && this.devices.every(({ unsent }) => unsent === 0);
  }

  connectAll(): void {
    const deps = { random: this.#random, recorder: this.recorder, dial: () => this.deployment.dial() };
    for (const of of devices) this.devices.push(new Device(this.#world, of, deps));
  }

  /** What is told to a user alone has no second chance where deliveries are lost: see ARCHITECTURE.md, Sessions. */
  connectAgainWhatMayNotKnowItsRooms(): void {
    if (!this.#deliveriesWereLost) return;
    for (const device of this.devices) device.cut({ silent: false });
  }

  heads(): Promise<(RoomHead | null)[]> {
    return Promise.all(
      this.rooms.map(async ({ tenantId, roomId }) => {
        const [head] = await this.deployment.store.readHeads(tenantId, [roomId]);
        return head ?? null;
      }),
    );
  }

  do(action: Action): void {
    const { deployment } = this;
    switch (action.type) {
      case "send":
        this.send(nth(this.devices, action.device), action.room, `m${action.clientId}`);
        return;
      case "server sends":
        this.serverSend(nth(this.rooms, action.room), `s${action.clientId}`);
        return;
      case "read":
        nth(this.devices, action.device)?.read(nth(this.rooms, action.room)?.roomId ?? "");
        return;
      case "cut":
        nth(this.devices, action.device)?.cut({ silent: action.silent });
        return;
      case "restart":
        nth(this.devices, action.device)?.restart({ forgets: action.forgets });
        return;
      case "hall":
        this.patchHall({ state: action.becomes });
        return;
      case "eve":
        this.#command({ type: action.comes ? "member.put" : "member.remove", userId: "eve" }, "acme", "hall");
        return;
      case "react":
        this.#react(nth(this.rooms, action.room), action);
        return;
      case "expire":
        this.#expire(nth(this.rooms, action.room));
        return;
      case "new room":
        this.#openLaterRoom();
        return;
      case "crash":
        deployment.machine(action.node, action.index)?.crash();
        return;
      case "replace":
        deployment.replace(action.node, action.index);
        return;
      case "pause":
        deployment.pause(deployment.machine(action.node, action.index), action.ms);
        return;
      case "add":
        deployment.add(action.node);
        return;
      case "die at":
        deployment.dieAt(action.index, action.stage);
        return;
      case "zombie":
        deployment.makeZombie(action.index, action.ms);
        return;
      case "weather":
        this.#deliveriesWereLost ||= action.condition === "deliveries lost";
        this.#world.weather.set(action.condition, action.ms);
        return;
    }
  }

  /** A device sends in one of its user's rooms. The same clientId is the same message, whoever of the user sends it. */
  send(device: Device | undefined, room: number, clientId: string): void {
    if (device === undefined) return;
    const { tenantId, userId, comesAndGoes } = device.of;
    const own = this.rooms.filter((one) => one.tenantId === tenantId && one.members.includes(userId));
    const target = nth(own, room);
    if (target === undefined) return;
    const isJudged = !target.isUnruly && !comesAndGoes;
    device.send(target.roomId, clientId, `${clientId} of ${userId} at ${tenantId}`, { isJudged });
  }

  /** The customer's server writes in a room, for nobody. */
  serverSend(room: RoomPlan | undefined, clientId: string): void {
    if (room === undefined) return;
    const { tenantId, roomId } = room;
    const body = `${clientId} of the server at ${tenantId}`;
    const attempt = this.recorder.send({ tenantId, roomId, senderId: null, clientId, body });
    const messageId = messageIdFor({ tenantId, roomId, senderId: null, clientId });
    const content = { attachments: [], mentions: [], replyToId: null, custom: null, silent: false };
    const message = { type: "message.create", messageId, clientId, kind: "text", body, ...content } as const;
    this.#command(message, tenantId, roomId, room.isUnruly ? undefined : () => attempt.ok(messageId));
  }

  patchHall(change: { readonly state: "open" | "frozen" | "closed" } | { readonly name: string }): void {
    this.#command({ type: "room.patch", ...change }, "acme", "hall");
  }

  /** The server says for a user what it makes of one of the newest messages. */
  #react(room: RoomPlan | undefined, { back, user, key, adds }: Extract<Action, { type: "react" }>): void {
    if (room === undefined) return;
    const { tenantId, roomId, members } = room;
    const page = { limit: 1 + back };
    void this.deployment.store.readMessages(tenantId, roomId, page).then((rows) => {
      const messageId = rows.at(-1)?.message.id;
      const userId = nth(members, user);
      if (messageId === undefined || userId === undefined) return;
      const command = adds ? { type: "reaction.add", onePerUser: false } : { type: "reaction.remove" };
      const reaction = { messageId, userId, key: key === 0 ? "heart" : "star" };
      this.#command({ ...command, ...reaction }, tenantId, roomId);
    });
  }

  /** All that the room has by now is to go, once that is in the log. */
  #expire(room: RoomPlan | undefined): void {
    if (room === undefined) return;
    const { tenantId, roomId } = room;
    void this.deployment.store.readHeads(tenantId, [roomId]).then(([head]) => {
      const number = head?.number ?? 0;
      if (number > 0) this.#command({ type: "messages.expire", number }, tenantId, roomId);
    });
  }

  #openLaterRoom(): void {
    const room = this.#laterRooms.shift();
    if (room === undefined) return;
    // Nobody writes in it before its making is in the log: what goes by another node might come there first.
    this.#putRoom(room, () => this.rooms.push(room));
  }

  #putRoom({ tenantId, roomId, members }: RoomPlan, answered?: () => void): void {
    const wanted = members.map((userId) => ({ userId }));
    this.#command({ type: "room.put", roomType: "group", members: wanted }, tenantId, roomId, answered);
  }

  /** Asked for by the server, again and again until it is durable. */
  #command(
    what: { readonly type: string } & Record<string, unknown>,
    tenantId: string,
    roomId: string,
    answered: () => void = () => {},
  ): void {
    this.#unanswered += 1;
    const node = this.#random.pick(this.deployment.ingests);
    const command = { v: 1, tenantId, roomId, actor: server, at: rfc3339(node.machine.nowMs()), ...what };
    const trial = (): Promise<void> =>
      node.append(command as Command).catch(async () => {
        await node.machine.sleep(retryMs);
        return trial();
      });
    void trial().then(() => {
      this.#unanswered -= 1;
      answered();
    });
  }
}
