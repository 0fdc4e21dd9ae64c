import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { BareClient, type Frame } from "./bare-client.ts";
import { expectErrorShape } from "./documented-answer.ts";
import { eventually, within } from "./eventually.ts";
import type { Stage } from "./stage.ts";
import { StillWorks } from "./still-works.ts";

type Broken = readonly [name: string, data: string | Uint8Array, close: number, binary?: boolean];

/** What no working client sends: the socket is closed by the table, before `connect` and after. */
const broken: readonly Broken[] = [
  ["a binary frame", Buffer.from('{"type":"ping"}'), 4504, true],
  ["an empty frame", "", 4504],
  ["no JSON", "hello", 4504],
  ["half an object", '{"type":"ping"', 4504],
  ["an array", '[{"type":"ping"}]', 4504],
  ["null", "null", 4504],
  ["a string", '"ping"', 4504],
  ["50,000 nested arrays", "[".repeat(50_000) + "]".repeat(50_000), 4504],
  ["40,000 nested objects", `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`, 4504],
  ["half of a pair", '{"type":"ping","ref":"\\ud83d"}', 4504],
  ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 1007],
  ["a frame larger than allowed", `{"type":"ping","ref":"${"x".repeat(limits.frameBytesMax)}"}`, 1009],
];

export function badFrames(stage: Stage): void {
  test.each([["before", false] as const, ["after", true] as const])(
    "a broken frame %s `connect` closes its socket by the table, and no other",
    async (_when, connected) => {
      const tenant = await stage.tenant();
      const works = await StillWorks.on(tenant, stage.deployment().processes);
      for (const [name, data, close, binary] of broken) {
        const client = await BareClient.open(tenant.url);
        if (connected) await client.connect(await tenant.token("bob"));
        client.sendRaw(data, { binary: binary === true });
        expect((await within(5_000, client.closed, name)).code, name).toBe(close);
        await works.check();
      }
      await works.close();
    },
  );

  test("a first frame that is no good `connect` is answered with its error and closes with 4502", async () => {
    const tenant = await stage.tenant();
    const works = await StillWorks.on(tenant, stage.deployment().processes);
    const token = await tenant.token("ada");
    const cases: Record<string, object> = {
      "a ping": { type: "ping" },
      "a message": { type: "message.send", roomId: works.roomId, clientId: "c", body: "x" },
      "no type": { token },
      "a type that does not exist": { type: "hello", token },
      "a type of the prototype": { type: "__proto__", token },
      "no token": { type: "connect" },
      "an empty token": { type: "connect", token: "" },
      "an unknown field": { type: "connect", token, resumee: {} },
      "a cursor that is no number": { type: "connect", token, resume: { r: "1" } },
      "a cursor below zero": { type: "connect", token, resume: { r: -1 } },
      "a room of the wrong form": { type: "connect", token, resume: { "a b": 1 } },
    };
    for (const [name, frame] of Object.entries(cases)) {
      const client = await BareClient.open(tenant.url);
      client.sendJson({ ...frame, ref: 1 });
      expect((await within(5_000, client.closed, name)).code, name).toBe(4502);
      expect(client.frames, name).toMatchObject([
        { type: "error", ref: 1, error: { code: "invalid_request" } },
      ]);
      expectErrorShape(client.frames[0]?.error, JSON.stringify(client.frames));
      expect(JSON.stringify(client.frames)).not.toContain(token);
      await works.check();
    }
    await works.close();
  });

  test("a socket that says nothing for 5 s is closed with 4005", async () => {
    const tenant = await stage.tenant();
    const client = await BareClient.open(tenant.url);
    const openedAt = performance.now();
    expect((await within(8_000, client.closed, "a close")).code).toBe(4005);
    expect(performance.now() - openedAt).toBeGreaterThan(4_500);
  });

  test("a frame that is refused is answered with its ref, and the socket lives on", async () => {
    const tenant = await stage.tenant();
    const works = await StillWorks.on(tenant, stage.deployment().processes);
    const foreign = await tenant.room(["bob", "cleo"]);
    const client = await tenant.connect("ada");
    const send = { type: "message.send", roomId: works.roomId, clientId: "c-1", body: "x" };
    const cases: readonly (readonly [
      name: string,
      frame: { type: string; [field: string]: unknown },
      code: string,
    ])[] = [
      ["a type that does not exist", { type: "message.shout" }, "invalid_request"],
      ["a type of the prototype", { type: "constructor" }, "invalid_request"],
      ["a second connect", { type: "connect", token: await tenant.token("ada") }, "invalid_request"],
      ["no clientId", { ...send, clientId: undefined }, "invalid_request"],
      ["an unknown field", { ...send, bodi: "x" }, "invalid_request"],
      ["nothing to say", { ...send, body: undefined }, "invalid_request"],
      ["a body of another type", { ...send, body: 1 }, "invalid_request"],
      ["a room of the wrong form", { ...send, roomId: "a/b" }, "invalid_request"],
      ["a system message", { ...send, kind: "system" }, "forbidden"],
      ["custom data larger than allowed", { ...send, custom: { x: "y".repeat(8_192) } }, "invalid_request"],
      ["a room that does not exist", { ...send, roomId: "nowhere" }, "room_not_found"],
      ["a room of others", { ...send, roomId: foreign }, "not_a_member"],
      ["a marker below zero", { type: "room.read", roomId: works.roomId, number: -1 }, "invalid_request"],
      ["a marker in a room of others", { type: "room.read", roomId: foreign, number: 1 }, "not_a_member"],
      ["typing in no room", { type: "typing.start" }, "invalid_request"],
      [
        "typing with an unknown field",
        { type: "typing.start", roomId: works.roomId, a: 1 },
        "invalid_request",
      ],
      ["typing in a room of others", { type: "typing.start", roomId: foreign }, "not_a_member"],
      ["no more typing in no room", { type: "typing.stop", roomId: "nowhere" }, "room_not_found"],
      ["a watch of nothing", { type: "presence.watch" }, "invalid_request"],
      [
        "a watch of a user of the wrong form",
        { type: "presence.watch", userIds: ["a b"] },
        "invalid_request",
      ],
      [
        "a watch of more than allowed",
        { type: "presence.watch", userIds: Array(limits.presenceWatchedMax + 1).fill("ada") },
        "invalid_request",
      ],
      ["a page of nothing", { type: "history", roomId: works.roomId, limit: 0 }, "invalid_request"],
      ["a page that is too long", { type: "history", roomId: works.roomId, limit: 101 }, "invalid_request"],
      ["the history of others", { type: "history", roomId: foreign }, "not_a_member"],
      ["a refresh with nothing", { type: "token.refresh", token: "" }, "invalid_request"],
      ["a refresh with garbage", { type: "token.refresh", token: "x.y.z" }, "unauthenticated"],
    ];
    for (const [name, frame, code] of cases) {
      const answer = await client.request(frame);
      expect(answer, name).toMatchObject({ type: "error", error: { code } });
      expect(Object.keys(answer).toSorted(), name).toEqual(["error", "ref", "type"]);
      expectErrorShape(answer.error, JSON.stringify(answer));
      await client.settled();
      await works.check();
    }
    expect((await client.request({ ...send, body: "after all" })).type).toBe("ok");
    await client.message(works.roomId, "after all");
    await client.close();
    await works.close();
  });

  test("more frames at once than are worked on are refused, and those that were taken are kept", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["ada", "bob"]);
    const client = await tenant.connect("ada");
    const count = limits.framesInFlightMax * 4;
    for (let i = 0; i < count; i++) {
      client.sendJson({ type: "message.send", roomId, clientId: `c-${i}`, body: `${i}`, ref: i });
    }
    const answers = () => client.frames.filter(({ ref }) => typeof ref === "number");
    await eventually(() => expect(answers()).toHaveLength(count));
    const byType = Map.groupBy(answers(), ({ type }: Frame) => type);
    for (const { error } of byType.get("error") ?? []) expect(error?.code).toBe("rate_limited");
    const taken = (byType.get("ok") ?? []).map(({ ref }) => String(ref)).toSorted();
    expect(taken.length).toBeGreaterThanOrEqual(limits.framesInFlightMax);
    await client.reached(roomId, taken.length + 1);
    expect(client.bodies(roomId).map(String).toSorted()).toEqual(taken);
    await client.close();
  });
}
