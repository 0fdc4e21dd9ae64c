import { beforeAll, expect, test } from "vitest";
import type { Operation } from "#shared/protocol/operations/operation.ts";
import type { Message } from "#shared/protocol/resources.ts";
import { endedCall } from "./ended-call.ts";
import {
  attemptsOn,
  frames,
  isOpenToAll,
  type Names,
  namesOfNothing,
  readersOwn,
} from "./isolation-cases.ts";
import { sendPicture } from "./pictures.ts";
import type { Stage } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const refusals = ["read_only", "forbidden"];

/** A member that may read, and nothing else: every call and every frame is tried as one. */
export function readonlyMembers(stage: Stage): void {
  let tenant: Tenant;
  let names: Names;

  beforeAll(async () => {
    tenant = await stage.tenant();
    const roomId = await tenant.room(["mia"], "group");
    const room = `/v1/rooms/${roomId}`;
    await tenant.server.put("/v1/users/olga", { displayName: "Olga" });
    await tenant.server.put(`${room}/members/olga`, { role: "owner" });
    await tenant.server.put(`${room}/members/rita`, { role: "readonly" });
    const sent = await tenant.as("olga").post<Message>(`${room}/messages`, { body: "a secret" });
    const { callId } = await endedCall(stage, tenant, roomId);
    const place = { callId, tenantId: tenant.tenantId, roomId, userId: "olga", messageId: sent.body.id };
    const mediaId = await sendPicture(tenant, "olga", roomId, { fileName: "a secret.png" });
    names = { ...namesOfNothing(), ...place, key: "👍", blockedId: "otto", mediaId };
  });

  /** What happened in the room, and who is what in it. */
  async function theRoom(): Promise<unknown> {
    const room = `/v1/rooms/${names.roomId}`;
    const { body: members } = await tenant.server.get<{ items: { userId: string; role: string }[] }>(
      `${room}/members`,
    );
    const [events, messages, profile] = await Promise.all(
      [`${room}/events`, `${room}/messages`, "/v1/users/olga"].map(
        async (path) => (await tenant.server.get(path)).text,
      ),
    );
    return { events, messages, profile, members: members.items.map(({ userId, role }) => [userId, role]) };
  }

  test("a readonly member reads, moves its own markers and settles its own, and changes nothing else", async () => {
    const rita = await tenant.client("rita");
    const before = await theRoom();
    for (const { operation, path, body } of attemptsOn(names)) {
      const { id, method } = operation;
      const { status, body: answer } = await rita.call<{ error?: { code: string } } | null>(
        method,
        path,
        body,
      );
      const got = [id, status, answer?.error?.code];
      if (mayReader(operation)) expect([id, Math.floor(status / 100)]).toEqual([id, 2]);
      else if (id === "completeMedia") expect(got).toEqual([id, 404, "media_not_found"]);
      // Who was in a call may say how good it was, whatever its role is now; this one was in none.
      else if (id === "reportCallQuality") expect(got).toEqual([id, 409, "call_conflict"]);
      else if (["operator", "none"].includes(operation.auth))
        expect(got).toEqual([id, 401, "unauthenticated"]);
      else expect([...got.slice(0, 2), refusals.includes(String(got[2]))]).toEqual([id, 403, true]);
    }
    expect(await theRoom()).toEqual(before);
  });

  test("over a socket a readonly member hears all, and is refused all but its own", async () => {
    const before = await theRoom();
    const token = await tenant.token("rita");
    const rita = await tenant.connect("rita", { [names.roomId]: 0 });
    await rita.message(names.roomId, "a secret");
    for (const [type, fieldsOf] of Object.entries(frames)) {
      if (type === "connect") continue;
      const answer = await rita.request({ type, ...fieldsOf?.(names, token) });
      if (readersOwn.frames.has(type)) {
        expect([type, answer.error]).toEqual([type, undefined]);
        continue;
      }
      // What only the room's owner can judge is taken first, and refused when it has.
      const refusal =
        answer.type === "error"
          ? answer
          : await rita.next((frame) => frame.type === "message.rejected" && frame.request === type);
      expect([type, refusals.includes(refusal.error?.code ?? "")]).toEqual([type, true]);
    }
    expect(await theRoom()).toEqual(before);
    await rita.close();
  });
}

/** Reading is a readonly member's, also of the profile that is its own; so is what the list names. */
function mayReader(operation: Operation): boolean {
  const { id, method, auth, path } = operation;
  if (isOpenToAll(operation) || readersOwn.operations.has(id)) return true;
  const isRead = method === "GET" && (auth === "any" || auth === "user");
  return isRead && (path.includes("{roomId}") || !path.includes("{userId}"));
}
