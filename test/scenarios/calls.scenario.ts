import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Call, CallAnswer } from "#shared/protocol/calls.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { Answer } from "./documented-answer.ts";
import { turnCallsOn } from "./ended-call.ts";
import { eventually } from "./eventually.ts";
import { livekitEnv, type Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const codeOf = ({ body }: Answer) => (body as { error?: { code: string } } | null)?.error?.code;

/** Voice and video: who calls whom, and how it ends. */
export function calls(stage: Stage): void {
  /** A tenant whose users may call on every node: each was asked, so that none goes by what was before. */
  async function callers(settings: object = {}): Promise<Tenant> {
    const tenant = await stage.tenant();
    await turnCallsOn(stage, tenant, settings);
    return tenant;
  }

  /** Starts one; a node that does not know yet that calls are on is asked again. */
  function start(tenant: Tenant, userId: string, roomId: string, body: object = { kind: "audio" }) {
    return eventually(async () => {
      const answer = await tenant.as(userId).post<CallAnswer>(`/v1/rooms/${roomId}/calls`, body);
      if (codeOf(answer) === "calls_disabled") throw new Error("calls are off");
      return answer;
    });
  }

  const act = (tenant: Tenant, userId: string, callId: string, verb: string, body?: object) =>
    tenant.as(userId).post<CallAnswer & Call>(`/v1/calls/${callId}/${verb}`, body);

  test.concurrent("one calls, the other answers on one device and both hear of all; then it is in the room's history", async () => {
    const tenant = await callers({ callMessages: true });
    const roomId = await tenant.room(["ada", "bob"]);
    const [ada, phone, tablet] = [
      await tenant.connect("ada"),
      await tenant.connect("bob"),
      await tenant.connect("bob"),
    ];
    const custom = { order: "8f2a" };
    const asked = { kind: "video", callId: "trip_1", ringSeconds: 20 };
    const large = { ...asked, custom: { text: "x".repeat(limits.customBytesMax) } };
    expect(codeOf(await start(tenant, "ada", roomId, large))).toBe("invalid_request");
    const started = await start(tenant, "ada", roomId, { ...asked, custom });
    expect([started.status, started.body.call.state]).toEqual([201, "ringing"]);
    const { call, livekit } = started.body;
    expect(call).toMatchObject({ callId: "trip_1", roomId, kind: "video", startedBy: "ada", custom });
    expect(Date.parse(call.ringEndsAt ?? "") - Date.parse(call.createdAt)).toBe(20_000);
    expect(livekit?.url).toBe(livekitEnv().SENDSAR_LIVEKIT_URL);
    // LiveKit is told no more than the call needs.
    const token = decodeJwt(livekit?.token ?? "");
    expect(token).toMatchObject({
      iss: livekitEnv().SENDSAR_LIVEKIT_API_KEY,
      sub: callIdentityOf(tenant.tenantId, "ada"),
      video: { room: `${tenant.tenantId}/trip_1`, roomJoin: true, canPublish: true, canSubscribe: true },
    });
    expect(token.video).not.toHaveProperty("roomAdmin");
    expect((token.exp ?? 0) - Date.now() / 1_000).toBeLessThanOrEqual(180);
    expect(JSON.stringify(token)).not.toMatch(/"ada"|A customer/);

    for (const device of [phone, tablet]) {
      expect(await device.next(({ type }) => type === "call.ringing")).toMatchObject({
        roomId,
        callId: "trip_1",
        userId: "ada",
        userIds: ["bob"],
        call: { state: "ringing", custom },
      });
    }
    // Who connects while it rings knows it from the handshake.
    const late = await tenant.connect("bob");
    expect(late.connected.rooms).toMatchObject([{ roomId, call: { callId: "trip_1", state: "ringing" } }]);
    await late.close();

    const accepted = await act(tenant, "bob", "trip_1", "accept");
    expect([accepted.status, accepted.body.call.state]).toEqual([200, "active"]);
    expect(decodeJwt(accepted.body.livekit?.token ?? "").sub).toBe(callIdentityOf(tenant.tenantId, "bob"));
    // The other device stops ringing by this.
    expect(await tablet.next(({ type }) => type === "call.accepted")).toMatchObject({ userId: "bob" });
    const repeat = await start(tenant, "ada", roomId, { kind: "video", callId: "trip_1" });
    expect([repeat.status, repeat.body.call.state]).toEqual([200, "active"]);
    expect((await act(tenant, "ada", "trip_1", "token")).body.livekit?.token).toBeTypeOf("string");
    expect(codeOf(await act(tenant, "ada", "trip_1", "cancel"))).toBe("call_conflict");

    const left = await act(tenant, "bob", "trip_1", "leave");
    expect(left.body).toMatchObject({ state: "ended", reason: "completed" });
    const ended = await ada.next(({ type }) => type === "call.ended");
    expect(ended).toMatchObject({ callId: "trip_1", reason: "completed", actorId: "bob" });
    const line = await ada.next(({ type, kind }) => type === "message.created" && kind === "system");
    expect(line).toMatchObject({ body: expect.stringMatching(/^Video call, 0:\d\d$/), unread: 0 });
    expect(line.custom).toMatchObject({ call: { callId: "trip_1", reason: "completed" } });
    const seqs = ada.events(roomId).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));

    const one = await tenant.as("bob").get<Call>("/v1/calls/trip_1");
    expect(one.body).toEqual(left.body);
    const list = await tenant.as("ada").get<{ items: Call[] }>(`/v1/rooms/${roomId}/calls`);
    expect(list.body.items).toEqual([one.body]);
    // How good it was comes after its end, and each hears it.
    expect(codeOf(await act(tenant, "ada", "trip_1", "quality", {}))).toBe("invalid_request");
    const rated = await act(tenant, "ada", "trip_1", "quality", { rating: 4 });
    expect(rated.status).toBe(200);
    expect(await phone.next(({ type }) => type === "call.quality")).toMatchObject({
      userId: "ada",
      quality: { rating: 4, seconds: null },
      call: rated.body,
    });
    expect((await tenant.as("bob").get<Call>("/v1/calls/trip_1")).body).toEqual(rated.body);
    const again = await start(tenant, "ada", roomId, { kind: "video", callId: "trip_1" });
    expect([again.status, again.body]).toEqual([200, { call: rated.body, livekit: null }]);
    for (const verb of ["accept", "leave", "token"]) {
      expect(codeOf(await act(tenant, "ada", "trip_1", verb))).toBe("call_ended");
    }
    const { items } = (await tenant.server.get<{ items: Message[] }>(`/v1/rooms/${roomId}/messages`)).body;
    expect(items.map(({ body }) => body)).toEqual([line.body]);
    await Promise.all([ada.close(), phone.close(), tablet.close()]);
  });

  test.concurrent("two who call each other at once are in one call, by both their ids, and so it stays", async () => {
    const tenant = await callers();
    const roomId = await tenant.room(["ada", "bob"]);
    const both = await Promise.all([
      start(tenant, "ada", roomId, { kind: "audio", callId: "of-ada" }),
      start(tenant, "bob", roomId, { kind: "audio", callId: "of-bob" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
    const ids = new Set(both.map(({ body }) => body.call.callId));
    expect(ids.size).toBe(1);
    for (const id of ["of-ada", "of-bob"]) {
      expect((await tenant.as("ada").get<Call>(`/v1/calls/${id}`)).body).toMatchObject({
        callId: [...ids][0],
        state: "active",
      });
    }
    expect((await act(tenant, "ada", "of-bob", "end", {})).body).toMatchObject({ reason: "completed" });
    // A repeat of what made no call of its own makes none later either.
    const repeats = await Promise.all(
      ["ada", "bob"].map((user) => start(tenant, user, roomId, { kind: "audio", callId: `of-${user}` })),
    );
    expect(repeats.map(({ status, body }) => [status, body.call.state])).toEqual([
      [200, "ended"],
      [200, "ended"],
    ]);
  });

  test.concurrent("who is in the call of another room is busy: it is not rung, the others are, and alone it ends the call", async () => {
    const tenant = await callers({ callMessages: true });
    const [first, direct] = [await tenant.room(["ada", "bob"]), await tenant.room(["bob", "cem"])];
    const group = await tenant.room(["bob", "cem", "dee"], "group");
    const { callId } = (await start(tenant, "ada", first)).body.call;
    const bob = await tenant.connect("bob");
    const busy = await start(tenant, "cem", direct);
    expect(busy.status).toBe(201);
    expect(busy.body).toMatchObject({ call: { state: "ended", reason: "busy" }, livekit: null });
    expect(await bob.next(({ type }) => type === "call.ringing")).toMatchObject({
      roomId: direct,
      userIds: [],
    });
    expect(await bob.next(({ type }) => type === "call.declined")).toMatchObject({
      userId: "bob",
      busy: true,
    });
    const others = await start(tenant, "cem", group);
    expect(others.body.call.participants).toMatchObject([
      { userId: "cem", state: "joined" },
      { userId: "bob", state: "busy" },
      { userId: "dee", state: "ringing" },
    ]);
    // In its own room it is in the call, and free again when that has ended.
    await act(tenant, "bob", callId, "accept");
    await act(tenant, "bob", callId, "leave");
    await act(tenant, "cem", others.body.call.callId, "end", {});
    expect((await start(tenant, "cem", direct)).body.call).toMatchObject({ state: "ringing" });
    await bob.close();
  });

  test.concurrent("a call that nobody answers is missed when it is time, and told to a webhook's catch-up too", async () => {
    const tenant = await callers({ callMessages: true });
    const roomId = await tenant.room(["ada", "bob"]);
    const ada = await tenant.connect("ada");
    const { body } = await start(tenant, "ada", roomId, { kind: "audio", ringSeconds: 5 });
    const ended = await ada.next(({ type }) => type === "call.ended");
    expect(ended).toMatchObject({ reason: "missed", actorId: null, durationSeconds: null });
    const lateMs = Date.now() - Date.parse(body.call.ringEndsAt ?? "");
    expect(lateMs).toBeGreaterThanOrEqual(0);
    const { items } = (
      await tenant.server.get<{ items: { type: string; body?: string }[] }>(
        `/v1/rooms/${roomId}/events?after=1`,
      )
    ).body;
    expect(items.map(({ type }) => type)).toEqual([
      "call.ringing",
      "call.missed",
      "call.ended",
      "message.created",
    ]);
    expect(items.at(-1)?.body).toBe("Missed call");
    await ada.close();
  });

  test.concurrent("it is declined, is busy, or given up, each by who may, and ends with its room", async () => {
    const tenant = await callers();
    const roomId = await tenant.room(["ada", "bob"]);
    const next = async () => (await start(tenant, "ada", roomId)).body.call.callId;
    const reason = async (callId: string) =>
      (await tenant.server.get<Call>(`/v1/calls/${callId}`)).body.reason;
    const declined = await next();
    expect(codeOf(await act(tenant, "bob", declined, "cancel"))).toBe("forbidden");
    expect((await act(tenant, "bob", declined, "decline", {})).body.state).toBe("ended");
    const second = await next();
    await act(tenant, "bob", second, "decline", { busy: true });
    const third = await next();
    expect(codeOf(await act(tenant, "ada", third, "decline", {}))).toBe("call_conflict");
    await act(tenant, "ada", third, "cancel");
    const fourth = await next();
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "frozen" });
    expect(await Promise.all([declined, second, third, fourth].map(reason))).toEqual([
      "declined",
      "busy",
      "cancelled",
      "cancelled",
    ]);
    expect(codeOf(await tenant.as("ada").post(`/v1/rooms/${roomId}/calls`, { kind: "audio" }))).toBe(
      "room_frozen",
    );
    await tenant.server.patch(`/v1/rooms/${roomId}`, { state: "open" });
    // Nobody is rung by one of whom it wants to hear nothing, nor the other way.
    await tenant.as("bob").put("/v1/blocks/ada", undefined);
    for (const user of ["ada", "bob"]) {
      await eventually(async () =>
        expect(codeOf(await tenant.as(user).post(`/v1/rooms/${roomId}/calls`, { kind: "audio" }))).toBe(
          "forbidden",
        ),
      );
    }
    const page = await tenant
      .as("ada")
      .get<{ items: Call[]; next: string }>(`/v1/rooms/${roomId}/calls?limit=3`);
    const rest = await tenant
      .as("ada")
      .get<{ items: Call[]; next: null }>(`/v1/rooms/${roomId}/calls?limit=3&cursor=${page.body.next}`);
    expect([...page.body.items, ...rest.body.items].map(({ callId }) => callId)).toEqual([
      fourth,
      third,
      second,
      declined,
    ]);
    expect(rest.body.next).toBeNull();
  });

  test.concurrent("in a group whom a call rings is named or is everybody, they come and go, and a removed one is out of it", async () => {
    const tenant = await callers();
    const roomId = await tenant.room(["ada", "bob", "cem"], "group");
    const room = `/v1/rooms/${roomId}`;
    await tenant.server.put(`${room}/members/olga`, { role: "owner" });
    await tenant.server.put(`${room}/members/eve`, { role: "observer" });
    const cem = await tenant.connect("cem");
    expect(codeOf(await start(tenant, "ada", roomId, { kind: "audio", invite: ["eve"] }))).toBe(
      "invalid_request",
    );
    const { callId } = (await start(tenant, "ada", roomId, { kind: "audio", invite: ["bob", "cem"] })).body
      .call;
    expect(await cem.next(({ type }) => type === "call.ringing")).toMatchObject({ userIds: ["bob", "cem"] });
    await act(tenant, "bob", callId, "accept");
    await act(tenant, "cem", callId, "decline", {});
    expect((await act(tenant, "olga", callId, "accept")).body.call.participants).toMatchObject([
      { userId: "ada", state: "joined" },
      { userId: "bob", state: "joined" },
      { userId: "cem", state: "declined" },
      { userId: "olga", state: "joined" },
    ]);
    expect(await cem.next(({ type }) => type === "call.joined")).toMatchObject({ userId: "olga" });
    // Support staff listens, unseen; it takes no part.
    expect(codeOf(await act(tenant, "eve", callId, "accept"))).toBe("forbidden");
    const hidden = decodeJwt((await act(tenant, "eve", callId, "token")).body.livekit?.token ?? "");
    expect(hidden.video).toMatchObject({ hidden: true, canPublish: false, canSubscribe: true });
    expect(codeOf(await act(tenant, "cem", callId, "token"))).toBe("call_conflict");
    await tenant.server.delete(`${room}/members/bob`);
    expect(await cem.next(({ type }) => type === "call.left")).toMatchObject({ userId: "bob" });
    expect(codeOf(await (await tenant.client("ada")).post(`/v1/calls/${callId}/end`, {}))).toBeUndefined();
    expect(await cem.next(({ type }) => type === "call.ended")).toMatchObject({ reason: "completed" });
    await cem.close();
  });

  test("where a tenant has not turned calls on there are none, and its other things are as ever", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const refused = await tenant.as("ada").post(`/v1/rooms/${roomId}/calls`, { kind: "audio" });
    expect([refused.status, codeOf(refused)]).toEqual([403, "calls_disabled"]);
    expect((await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "hello" })).status).toBe(201);
    expect((await tenant.server.get(`/v1/rooms/${roomId}`)).body).toMatchObject({ seq: 2, call: null });
  });

  test("an id is of one call in a tenant, and the same of two tenants are two", async () => {
    const [tenant, other] = [await callers(), await callers()];
    const [one, two] = [await tenant.room(["ada", "bob"]), await tenant.room(["ada", "cem"])];
    await start(tenant, "ada", one, { kind: "audio", callId: "same" });
    expect(codeOf(await start(tenant, "ada", two, { kind: "audio", callId: "same" }))).toBe("call_conflict");
    const theirs = await other.room(["ada", "bob"]);
    const same = await start(other, "ada", theirs, { kind: "audio", callId: "same" });
    expect(same.status).toBe(201);
    await act(tenant, "ada", "same", "cancel");
    expect((await other.server.get<Call>("/v1/calls/same")).body.state).toBe("ringing");
    await act(other, "ada", "same", "cancel");
  });
}
