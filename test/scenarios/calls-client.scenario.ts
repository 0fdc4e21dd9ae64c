import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import type { SendsarClient } from "#sdk/js/src/client.ts";
import { turnCallsOn } from "./ended-call.ts";
import { eventually } from "./eventually.ts";
import { livekitEnv, type Stage } from "./stage.ts";

/** Calls, by the client that customers have. */
export function callsByClient(stage: Stage): void {
  /** Two who are connected, in a room where calls are on. Of each, the types of what it hears of calls. */
  async function two() {
    const tenant = await stage.tenant();
    await turnCallsOn(stage, tenant, { callMessages: true });
    const roomId = await tenant.room(["ada", "bob"]);
    const sides = [tenant.sdk("ada"), tenant.sdk("bob")] as const;
    const heard = sides.map(({ client }) => {
      const types: string[] = [];
      client.on("*", ({ type }) => {
        if (type.startsWith("call.") || type === "message.created") types.push(type);
      });
      return types;
    });
    await Promise.all(sides.map(({ connect }) => connect()));
    const [ada, bob] = [sides[0].client, sides[1].client];
    const end = () => {
      ada.disconnect();
      bob.disconnect();
    };
    return { roomId, ada, bob, heard, end };
  }

  /** Each node hears within a second that calls are on. */
  const start = (client: SendsarClient, roomId: string) =>
    eventually(() => client.calls.start(roomId, { kind: "video" }));

  test.concurrent("one rings, the other accepts, both have a way into LiveKit, and when one leaves it is over", async () => {
    const { roomId, ada, bob, heard, end } = await two();
    const started = await start(ada, roomId);
    const { callId } = started.call;
    expect(started).toMatchObject({ call: { state: "ringing", startedBy: "ada" } });
    // By the call.ringing that it heard, the client has the room's call.
    await eventually(() =>
      expect(bob.rooms.get(roomId)?.call).toMatchObject({ callId, state: "ringing", kind: "video" }),
    );
    const accepted = await bob.calls.accept(callId);
    expect(accepted.call.state).toBe("active");
    const again = await ada.calls.token(callId);
    for (const { livekit } of [started, accepted, again]) {
      expect(livekit?.url).toBe(livekitEnv().SENDSAR_LIVEKIT_URL);
    }
    expect(decodeJwt(again.livekit?.token ?? "").sub).toBe(decodeJwt(started.livekit?.token ?? "").sub);
    await eventually(() => expect(ada.rooms.get(roomId)?.call?.state).toBe("active"));

    const left = await bob.calls.leave(callId);
    expect(left).toMatchObject({ state: "ended", reason: "completed" });
    const types = ["call.ringing", "call.accepted", "call.left", "call.ended", "message.created"];
    await eventually(() => expect(heard).toEqual([types, types]));
    expect(ada.rooms.get(roomId)?.call).toBeNull();
    expect(await ada.calls.get(callId)).toEqual(left);
    expect(await ada.calls.list(roomId)).toEqual({ items: [left], next: null });
    const rated = await bob.calls.reportQuality(callId, { rating: 5, reconnects: 0 });
    expect(rated.participants.find(({ userId }) => userId === "bob")?.quality).toMatchObject({ rating: 5 });
    await eventually(() =>
      expect(heard.map((side) => side.at(-1))).toEqual(["call.quality", "call.quality"]),
    );
    expect(ada.rooms.get(roomId)?.call).toBeNull();
    await expect(ada.calls.token(callId)).rejects.toMatchObject({ code: "call_ended", retryable: false });
    end();
  });

  test.concurrent("it is declined, cancelled and ended, each by who may, and the past is read page by page", async () => {
    const { roomId, ada, bob, end } = await two();
    const declined = (await start(ada, roomId)).call;
    await expect(bob.calls.cancel(declined.callId)).rejects.toMatchObject({ code: "forbidden" });
    expect(await bob.calls.decline(declined.callId, { busy: true })).toMatchObject({ reason: "busy" });
    const cancelled = (await start(ada, roomId)).call;
    expect(await ada.calls.cancel(cancelled.callId)).toMatchObject({ reason: "cancelled" });
    const ended = (await start(bob, roomId)).call;
    await ada.calls.accept(ended.callId);
    expect(await ada.calls.end(ended.callId)).toMatchObject({ state: "ended", reason: "completed" });
    const page = await bob.calls.list(roomId, { limit: 2 });
    const rest = await bob.calls.list(roomId, { limit: 2, cursor: page.next ?? "" });
    expect([...page.items, ...rest.items].map(({ callId }) => callId)).toEqual([
      ended.callId,
      cancelled.callId,
      declined.callId,
    ]);
    expect(rest.next).toBeNull();
    end();
  });
}
