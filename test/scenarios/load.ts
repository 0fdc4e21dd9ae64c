import { randomUUID } from "node:crypto";
import type { SendsarClient } from "#sdk/js/src/client.ts";
import { assertHistory } from "#test/history-checker/check-history.ts";
import type { RoomAtRest } from "#test/history-checker/history.ts";
import { recordClient, recordedSend } from "#test/history-checker/record-client.ts";
import { HistoryRecorder } from "#test/history-checker/recorder.ts";
import { recoveries } from "#test/history-checker/recovery.ts";
import { readRoomsAtRest } from "#test/history-checker/rooms-at-rest.ts";
import { BareListener } from "./bare-listener.ts";
import { ClientErrors } from "./client-errors.ts";
import { eventually, within } from "./eventually.ts";
import type { Tenant } from "./tenant.ts";

interface Conversation {
  readonly tenant: Tenant;
  readonly roomId: string;
  readonly sides: readonly { readonly userId: string; readonly client: SendsarClient }[];
  readonly listener: BareListener;
}

const sendsPerSecondDefault = 100;
/** One message in so many goes over REST, once: whether it arrived is not known when the answer is lost. */
const restEvery = 10;
/** After the load: for the last sends to be answered and the last events to come. */
const settleMsMax = 60_000;
const roomsReadAtOnce = 4;

/** Two-person conversations that go on, whatever happens to the deployment, and are judged at the end. */
export class Load {
  readonly recorder = new HistoryRecorder();
  /** Everything that a client was told in place of what it wanted. */
  readonly errors = new ClientErrors();
  readonly #sendsPerSecond: number;
  readonly #conversations: Conversation[] = [];
  readonly #sending = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #count = 0;
  #isOver = false;

  private constructor(sendsPerSecond: number) {
    this.#sendsPerSecond = sendsPerSecond;
  }

  /** The rooms and users of all tenants bear the same names. */
  static async start(
    tenants: readonly Tenant[],
    roomsPerTenant: number,
    sendsPerSecond = sendsPerSecondDefault,
  ): Promise<Load> {
    const load = new Load(sendsPerSecond);
    for (const tenant of tenants) {
      const starting = Array.from({ length: roomsPerTenant }, (_, i) => load.#converse(tenant, `trip_${i}`));
      load.#conversations.push(...(await Promise.all(starting)));
    }
    await eventually(() => {
      if (!load.listeners.every(({ isConnected }) => isConnected)) throw new Error("not all listen yet");
    }, 30_000);
    load.#timer = setInterval(() => load.#send(), 1_000 / sendsPerSecond);
    return load;
  }

  get listeners(): readonly BareListener[] {
    return this.#conversations.map(({ listener }) => listener);
  }

  /** Resolves when every room has passed on something that was sent after the last fault. */
  async recovered(withinMs: number): Promise<number> {
    return eventually(() => {
      const last = recoveries(this.recorder.sinceFault()).at(-1);
      if (last?.recoveredMs == null || last.roomId === null)
        throw new Error(`${last?.roomId} has not recovered`);
      return last.recoveredMs;
    }, withinMs);
  }

  /** So many more sends: load goes on for a while. */
  async sent(more: number): Promise<void> {
    const count = this.#count + more;
    await eventually(
      () => {
        if (this.#count < count) throw new Error("not sent yet");
      },
      (more / this.#sendsPerSecond) * 10_000,
    );
  }

  /** Ends the load, waits until all is at rest, and judges. @throws Error that names what was violated. */
  async judge(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await within(settleMsMax, Promise.all(this.#sending), `${this.#sending.size} sends without an answer`);
    await Promise.all(this.#conversations.map((conversation) => this.#lastOf(conversation)));
    const rooms = await this.#atRest();
    this.#isOver = true;
    for (const { sides, listener } of this.#conversations) {
      for (const { client } of sides) client.disconnect();
      await listener.stop();
    }
    assertHistory(this.recorder.history(rooms));
  }

  /** Ends everything without a verdict. */
  async abandon(): Promise<void> {
    this.#isOver = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const { sides, listener } of this.#conversations) {
      for (const { client } of sides) client.disconnect();
      await listener.stop();
    }
  }

  async #converse(tenant: Tenant, roomId: string): Promise<Conversation> {
    const userIds = [`${roomId}_rider`, `${roomId}_driver`] as const;
    const members = userIds.map((userId) => ({ userId }));
    await tenant.server.put(`/v1/rooms/${roomId}`, { type: "direct", members });
    const sides = await Promise.all(
      userIds.map(async (userId) => {
        const { client, connect } = tenant.sdk(userId);
        recordClient(this.recorder, client, { tenantId: tenant.tenantId, userId });
        client.on("message.rejected", (rejected) => this.errors.answered("sdk", rejected));
        client.on("disconnected", ({ reason }) => {
          if (!this.#isOver) this.errors.answered("sdk", { ended: reason });
        });
        await connect();
        return { userId, client };
      }),
    );
    return {
      tenant,
      roomId,
      sides,
      listener: new BareListener(this.recorder, tenant, userIds[0], this.errors),
    };
  }

  #send(): void {
    const number = this.#count++;
    const conversation = this.#conversations[number % this.#conversations.length];
    const side = conversation?.sides[Math.floor(number / this.#conversations.length) % 2];
    if (conversation === undefined || side === undefined) return;
    const { tenant, roomId } = conversation;
    const clientId = randomUUID();
    const send = {
      tenantId: tenant.tenantId,
      roomId,
      userId: side.userId,
      clientId,
      body: `message ${number}`,
    };
    const sending = (
      number % restEvery === 0 ? this.#sendOnce(tenant, send) : this.#sendUntil(side.client, send)
    ).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  async #sendUntil(client: SendsarClient, send: Parameters<typeof recordedSend>[2]): Promise<void> {
    const error = await recordedSend(this.recorder, client, send);
    if (error !== null) this.errors.thrown("sdk send", error);
  }

  async #sendOnce(
    tenant: Tenant,
    { userId: senderId, ...send }: Parameters<typeof recordedSend>[2],
  ): Promise<void> {
    const record = this.recorder.send({ ...send, senderId });
    const { clientId, body } = send;
    try {
      const path = `/v1/rooms/${send.roomId}/messages`;
      const answer = await tenant
        .as(senderId)
        .post<{ id?: string; messageId?: string }>(path, { clientId, body });
      const messageId = answer.body.id ?? answer.body.messageId;
      if (answer.status < 300 && messageId !== undefined) return record.ok(messageId);
      this.errors.answered("REST send", answer.body);
      if (answer.status < 500 && answer.status !== 429) record.fail(`${answer.status}`);
    } catch (error) {
      // No answer came: it may have arrived.
      this.errors.thrown("REST send", error);
    }
  }

  /**
   * Sends a room's last message and waits until it is applied. A room's commands are applied in their order, so then
   * all that was acked before is applied too: a socket's ack alone says only that a message is durable.
   */
  async #lastOf({ tenant, roomId, sides: [side] }: Conversation): Promise<void> {
    if (side === undefined) return;
    const form = { clientId: randomUUID(), body: "the last message" };
    const { userId: senderId } = side;
    const record = this.recorder.send({ tenantId: tenant.tenantId, roomId, senderId, ...form });
    await eventually(async () => {
      const { status, body } = await tenant
        .as(senderId)
        .post<{ id: string }>(`/v1/rooms/${roomId}/messages`, form);
      if (status !== 200 && status !== 201) throw new Error(`the last message of ${roomId}: ${status}`);
      record.ok(body.id);
    }, settleMsMax);
  }

  /** Reads all rooms once every client has been told all there is. */
  #atRest(): Promise<RoomAtRest[]> {
    return eventually(async () => {
      const rooms: RoomAtRest[] = [];
      for (let at = 0; at < this.#conversations.length; at += roomsReadAtOnce) {
        const some = this.#conversations.slice(at, at + roomsReadAtOnce);
        const read = some.map(({ tenant, roomId }) => readRoomsAtRest(tenant, [roomId]));
        rooms.push(...(await Promise.all(read)).flat());
      }
      const last = new Map(rooms.map((room) => [`${room.tenantId} ${room.roomId}`, room.seq]));
      for (const { name, tenantId, sessions } of this.recorder.history(rooms).subscribers) {
        const newest = new Map<string, number>();
        for (const { startSeq, seen } of sessions) {
          for (const [roomId, seq] of startSeq) newest.set(roomId, Math.max(seq, newest.get(roomId) ?? 0));
          for (const { frame } of seen) {
            newest.set(frame.roomId, frame.type === "room.gap" ? frame.toSeq : frame.seq);
          }
        }
        for (const [roomId, seq] of newest) {
          const due = last.get(`${tenantId} ${roomId}`) ?? 0;
          if (seq < due) throw new Error(`${name} stands at ${seq} of ${due} in ${roomId}`);
        }
      }
      return rooms;
    }, settleMsMax);
  }
}
