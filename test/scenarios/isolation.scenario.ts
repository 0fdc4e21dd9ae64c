import { beforeAll, expect, test } from "vitest";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { clientFrames } from "#shared/protocol/frames.ts";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import { operationList } from "#shared/protocol/operations.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { BareClient } from "./bare-client.ts";
import { Caller } from "./caller.ts";
import { endedCall } from "./ended-call.ts";
import { within } from "./eventually.ts";
import { expiredToken } from "./forged-tokens.ts";
import {
  attemptsOn,
  bodies,
  frames,
  isOpenToAll,
  type Names,
  namesOfNothing,
  withoutNames,
} from "./isolation-cases.ts";
import { sendPicture } from "./pictures.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

/** Two customers, and in the first a room with an owner, a member, and one that was removed. */
interface World {
  readonly victim: Tenant;
  readonly other: Tenant;
  readonly names: Names;
}

type Refusal = readonly [status: number, code: string] | null;

async function makeWorld(stage: Stage): Promise<World> {
  const [victim, other] = [await stage.tenant(), await stage.tenant()];
  const roomId = await victim.room(["mia", "rex"], "group");
  await victim.server.put(`/v1/rooms/${roomId}/members/olga`, { role: "owner" });
  const sent = await victim.as("olga").post<Message>(`/v1/rooms/${roomId}/messages`, { body: "a secret" });
  await victim.server.put("/v1/users/olga", { displayName: "Olga" });
  await victim.server.delete(`/v1/rooms/${roomId}/members/rex`);
  const operator = stage.operator();
  const keys = await operator.get<{ items: { keyId: string }[] }>(
    `/admin/v1/tenants/${victim.tenantId}/keys`,
  );
  const hook = await victim.server.post<{ endpointId: string }>("/v1/webhooks/endpoints", {
    url: "https://acme.example/hook",
    description: "a secret",
  });
  const tested = await victim.server.post<{ deliveryId: string }>(
    `/v1/webhooks/endpoints/${hook.body.endpointId}/test`,
  );
  const reported = await victim
    .as("mia")
    .post<{ reportId: string }>(`/v1/rooms/${roomId}/messages/${sent.body.id}/reports`, { reason: "spam" });
  const { callId } = await endedCall(stage, victim, roomId);
  const keyId = keys.body.items[0]?.keyId ?? "";
  const mediaId = await sendPicture(victim, "olga", roomId, { fileName: "a secret.png" });
  const erased = await victim.server.delete<{ taskId: string }>("/v1/users/zoe?messages=remove");
  return {
    victim,
    other,
    names: {
      tenantId: victim.tenantId,
      keyId,
      roomId,
      userId: "olga",
      blockedId: "otto",
      messageId: sent.body.id,
      key: "👍",
      callId,
      deadLetterId: "commands-0-0",
      endpointId: hook.body.endpointId,
      deliveryId: tested.body.deliveryId,
      reportId: reported.body.reportId,
      mediaId,
      taskId: erased.body.taskId,
    },
  };
}

/** All that can be seen of the victim's things: nothing that is tried may change any of it. */
async function everythingOf({ victim, names }: World, olga: Caller): Promise<unknown> {
  const room = `/v1/rooms/${names.roomId}`;
  const of = ["members", "messages", "events", "calls"].map((list) => `${room}/${list}`);
  const paths = [room, ...of, "/v1/users/olga"];
  const { body: endpoints } = await victim.server.get<{ items: WebhookEndpoint[] }>("/v1/webhooks/endpoints");
  const asServer = [
    ...(await Promise.all(paths.map(async (path) => (await victim.server.get(path)).body))),
    (await victim.server.get("/v1/reports")).body,
    endpoints.items.map(asIfTaken),
  ];
  const asOlga = await Promise.all(["/v1/rooms", ...paths].map(async (path) => (await olga.get(path)).body));
  return { asServer, asOlga };
}

/** Nobody takes its deliveries, which it comes to say by itself, and may be disabled for on a slow machine. */
function asIfTaken(endpoint: Partial<WebhookEndpoint>): object {
  const disabled = { enabled: true, disabledAt: null, disabledReason: null };
  return { ...endpoint, failingSince: null, ...(endpoint.disabledReason === "failing" ? disabled : {}) };
}

const names = (operation: Operation, param: string) => operation.path.includes(`{${param}}`);

/** One of the same customer who is not in the room. */
function refusalOfStranger(operation: Operation): Refusal {
  switch (operation.auth) {
    case "none":
      return isOpenToAll(operation) ? null : [401, "unauthenticated"];
    case "operator":
      return [401, "unauthenticated"];
    case "server":
      return [403, "forbidden"];
    case "any":
    case "user":
      if (names(operation, "roomId") || names(operation, "callId")) return [403, "not_a_member"];
      // Whether there is such a file is not for all to know.
      if (names(operation, "mediaId")) return [404, "media_not_found"];
      return names(operation, "userId") ? [403, "forbidden"] : null;
  }
}

/** Another customer's server or client: to it the thing is not there. */
function refusalOfForeigner(operation: Operation, kind: "server" | "client"): Refusal {
  const stranger = refusalOfStranger(operation);
  if (operation.auth === "none" || operation.auth === "operator") return stranger;
  if (kind === "client" && operation.auth === "server") return stranger;
  if (operation.id === "putRoom") return null;
  if (names(operation, "roomId")) return [404, "room_not_found"];
  if (names(operation, "callId")) return [404, "call_not_found"];
  if (names(operation, "deliveryId")) return [404, "webhook_delivery_not_found"];
  if (names(operation, "taskId")) return [404, "erasure_not_found"];
  if (names(operation, "reportId")) return [404, "report_not_found"];
  if (names(operation, "endpointId")) return [404, "webhook_endpoint_not_found"];
  if (names(operation, "mediaId")) return stranger;
  // A server that acts for a user sees what the user sees.
  return names(operation, "userId") && operation.auth !== "server" ? stranger : null;
}

export function isolation(stage: Stage): void {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld(stage);
  });

  /** Tries every call of the table on the victim's things, and holds each answer against what is due. */
  async function tryAll(caller: Caller, dueOf: (operation: Operation) => Refusal): Promise<void> {
    const olga = await world.victim.client("olga");
    const before = await everythingOf(world, olga);
    for (const { operation, path, body } of attemptsOn(world.names)) {
      const answer = await caller.call<{ error?: { code: string } }>(operation.method, path, body);
      const due = dueOf(operation);
      const got = due === null ? answer.status < 300 : [answer.status, answer.body?.error?.code];
      expect(got, `${operation.id} ${answer.text}`).toEqual(due ?? true);
      if (operation.auth !== "none") expect(answer.text, operation.id).not.toMatch(/a secret|Olga/);
    }
    expect(await everythingOf(world, olga)).toEqual(before);
  }

  test("every call of the table and every frame has its case", () => {
    expect(Object.keys(bodies).toSorted()).toEqual(operationList.map(({ id }) => id).toSorted());
    const types = clientFrames.map((frame) => frame.properties.type.const);
    expect(Object.keys(frames).toSorted()).toEqual(types.toSorted());
    for (const { id, body } of operationList) expect([id, bodies[id] === null]).toEqual([id, body === null]);
  });

  test("nobody gets anything without a credential", async () => {
    await tryAll(new Caller(world.victim.url, {}), (operation) =>
      isOpenToAll(operation) ? null : [401, "unauthenticated"],
    );
  });

  test("a token that ran out opens nothing, over REST or a socket", async () => {
    const { victim } = world;
    const token = expiredToken(await victim.token("olga"), stage.signingKeys());
    await tryAll(new Caller(victim.url, { authorization: `Bearer ${token}` }), (operation) => {
      if (isOpenToAll(operation)) return null;
      const { auth } = operation;
      return [401, auth === "operator" || auth === "none" ? "unauthenticated" : "token_expired"];
    });
    const client = await BareClient.open(victim.url);
    client.sendJson({ type: "connect", token, resume: { [world.names.roomId]: 0 } });
    expect((await within(5_000, client.closed, "an expired token")).code).toBe(closeCodes.token_expired.code);
    expect(client.frames).toMatchObject([{ type: "error", error: { code: "token_expired" } }]);
  });

  test("an operator's key opens no customer's calls", async () => {
    const operator = stage.operator();
    const calls = attemptsOn(world.names).filter(({ operation }) => operation.auth !== "operator");
    for (const { operation, path, body } of calls) {
      const answer = await operator.call(operation.method, path, body);
      expect([operation.id, answer.status]).toEqual([operation.id, isOpenToAll(operation) ? 200 : 401]);
    }
  });

  test("one who was never a member, and one who was removed, get nothing of the room", async () => {
    for (const userId of ["nora", "rex"]) await tryAll(await world.victim.client(userId), refusalOfStranger);
  });

  test("a plain member gets none of the server's, the owner's or the operator's calls", async () => {
    const mia = await world.victim.client("mia");
    for (const { operation, path, body } of attemptsOn(world.names)) {
      const managed = ["patchRoom", "putMember", "removeMember", "getUser"].includes(operation.id);
      const due = managed ? [403, "forbidden"] : refusalOfStranger(operation);
      // It is shown what is said in its room.
      if (operation.id === "getMedia") continue;
      if (due === null || due[1] === "not_a_member") continue;
      const answer = await mia.call<{ error: { code: string } }>(operation.method, path, body);
      expect([operation.id, answer.status, answer.body.error.code]).toEqual([operation.id, ...due]);
    }
  });

  test.each(["server", "client"] as const)(
    "another customer's %s gets nothing, although its users bear the same names",
    async (kind) => {
      const other = await stage.tenant();
      const caller = kind === "server" ? other.as("mia") : await other.client("mia");
      await tryAll(caller, (operation) => refusalOfForeigner(operation, kind));
    },
  );

  test.each(["server", "client"] as const)(
    "to another customer's %s what is not its own is in no way different from what is not there",
    async (kind) => {
      const stranger = await stage.tenant();
      const caller = kind === "server" ? stranger.as("mia") : await stranger.client("mia");
      const nothing = namesOfNothing();
      const [onTheirs, onNothing] = [attemptsOn(world.names), attemptsOn(nothing)];
      for (const [i, theirs] of onTheirs.entries()) {
        const missing = onNothing[i] ?? theirs;
        const { method, id } = theirs.operation;
        // It names nothing, and what is there the second time is the first call's.
        if (/BeforeSend/.test(id)) continue;
        const [one, two] = [
          await caller.call(method, theirs.path, theirs.body),
          await caller.call(method, missing.path, missing.body),
        ];
        expect(`${id} ${withoutNames(one, world.names)}`).toBe(`${id} ${withoutNames(two, nothing)}`);
      }
    },
  );

  test("another customer's message is not found through one's own room, nor its key through one's own tenant", async () => {
    const { other, victim, names } = world;
    const own = await other.room(["mia", "bob"]);
    const message = await other.as("mia").get(`/v1/rooms/${own}/messages/${names.messageId}`);
    expect(message.body).toMatchObject({ error: { code: "message_not_found" } });
    const operator = stage.operator();
    const revoked = await operator.delete(`/admin/v1/tenants/${other.tenantId}/keys/${names.keyId}`);
    expect(revoked.body).toMatchObject({ error: { code: "key_not_found" } });
    expect((await victim.server.get(`/v1/rooms/${names.roomId}`)).status).toBe(200);
  });

  test("a client acts as the user of its token, whatever else it says", async () => {
    const token = await world.victim.token("nora");
    const disguised = new Caller(world.victim.url, { authorization: `Bearer ${token}`, "x-user-id": "olga" });
    const answer = await disguised.get<{ error: { code: string } }>(`/v1/rooms/${world.names.roomId}`);
    expect(answer.body.error.code).toBe("not_a_member");
  });

  test("over a socket nobody gets anything of a room that is not its own, or not there, or before connecting", async () => {
    const { victim, other, names } = world;
    const nothing = namesOfNothing();
    const olga = await victim.connect("olga");
    const callers = {
      stranger: [victim, "nora"],
      removed: [victim, "rex"],
      foreigner: [other, "mia"],
    } as const;
    for (const [kind, [tenant, userId]] of Object.entries(callers)) {
      const token = await tenant.token(userId);
      const foreignToken = await (tenant === victim ? other : victim).token(userId);
      const client = await tenant.connect(userId, { [names.roomId]: 0, [nothing.roomId]: 0 });
      expect(client.connected.rooms.map(({ roomId }) => roomId)).not.toContain(names.roomId);
      for (const [type, fieldsOf] of Object.entries(frames)) {
        if (fieldsOf === null || type === "connect") continue;
        const answer = await client.request({ type, ...fieldsOf(names, foreignToken) });
        const missing = await client.request({ type, ...fieldsOf(nothing, foreignToken) });
        if (type === "presence.watch") {
          // Olga is there, and it is not for them to know.
          const away = { online: false, lastSeenAt: null };
          expect(answer.presence, kind).toEqual([{ userId: names.userId, ...away }]);
          expect(missing.presence, kind).toEqual([{ userId: nothing.userId, ...away }]);
        } else if (["privacy.set", "user.block", "user.unblock"].includes(type)) {
          // A user's own, and of no room.
          expect([answer.type, missing.type]).toEqual(["ok", "ok"]);
        } else {
          const about = kind === "foreigner" ? "room_not_found" : "not_a_member";
          expect(answer.error, type).toMatchObject({ code: type === "token.refresh" ? "forbidden" : about });
          const same = kind !== "foreigner" || missing.error?.message === answer.error?.message;
          expect([type, same]).toEqual([type, true]);
        }
        const early = await BareClient.open(tenant.url);
        early.sendJson({ type, ...fieldsOf(names, token) });
        expect((await within(5_000, early.closed, type)).code).toBe(4502);
      }
      // What happens in the room now does not come either.
      await victim.as("olga").post(`/v1/rooms/${names.roomId}/messages`, { body: `a secret from ${kind}` });
      await client.settled();
      expect(client.events(names.roomId)).toEqual([]);
      expect(JSON.stringify(client.frames)).not.toMatch(/a secret|Olga/);
      await client.close();
    }
    await olga.close();
  });

  test("two customers' rooms of one name are two rooms, live and in the history", async () => {
    const { victim, other } = world;
    const form = { type: "direct", members: [{ userId: "ada" }, { userId: "bob" }] };
    const clients: BareClient[] = [];
    for (const tenant of [victim, other]) {
      await tenant.server.put("/v1/rooms/same", form);
      clients.push(await tenant.connect("ada"));
    }
    for (const tenant of [victim, other]) {
      const sent = await tenant.as("bob").post<Message>("/v1/rooms/same/messages", {
        clientId: "same",
        body: `of ${tenant.tenantId}`,
      });
      expect([sent.status, sent.body.number]).toEqual([201, 1]);
    }
    for (const [i, tenant] of [victim, other].entries()) {
      const client = clients[i];
      await client?.reached("same", 2);
      expect(client?.events("same")).toMatchObject([
        { tenantId: tenant.tenantId, body: `of ${tenant.tenantId}` },
      ]);
      const { body } = await tenant.server.get<{ items: Message[] }>("/v1/rooms/same/messages");
      expect(body.items.map((message) => message.body)).toEqual([`of ${tenant.tenantId}`]);
      await client?.close();
    }
  });
}
