import { expect, test } from "vitest";
import { Harness } from "./testing/harness.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly keepalive: boolean;
}

/** A connected client whose REST is answered by the test. */
async function client(answer: { readonly status?: number; readonly body: unknown }) {
  const asked: Asked[] = [];
  const harness = new Harness({
    fetch: (url, { method = "GET", body, keepalive = false }) => {
      const path = url.replace("https://chat.example.com/v1", "");
      asked.push({ method, path, body: typeof body === "string" ? JSON.parse(body) : body, keepalive });
      const { status = 200 } = answer;
      return Promise.resolve({ ok: status < 300, status, json: () => Promise.resolve(answer.body) });
    },
  });
  await harness.connect();
  return { calls: harness.client.calls, asked, clock: harness.clock };
}

test("each of a call's methods asks its operation, with ids as a part of the path", async () => {
  const { calls, asked } = await client({ body: { callId: "c/1" } });
  await calls.start("trip 1", { kind: "video", ringSeconds: 20 });
  await calls.accept("c/1");
  await calls.decline("c/1", { busy: true });
  await calls.cancel("c/1");
  await calls.leave("c/1");
  await calls.end("c/1");
  await calls.record("c/1");
  await calls.stopRecording("c/1");
  await calls.token("c/1");
  await calls.reportQuality("c/1", { rating: 4 });
  await calls.get("c/1");
  await calls.list("trip 1");
  await calls.list("trip 1", { limit: 5, cursor: "a&b" });
  expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
    ["POST", "/rooms/trip%201/calls", { kind: "video", ringSeconds: 20 }],
    ["POST", "/calls/c%2F1/accept", undefined],
    ["POST", "/calls/c%2F1/decline", { busy: true }],
    ["POST", "/calls/c%2F1/cancel", undefined],
    ["POST", "/calls/c%2F1/leave", undefined],
    ["POST", "/calls/c%2F1/end", {}],
    ["POST", "/calls/c%2F1/record", undefined],
    ["POST", "/calls/c%2F1/stop-recording", undefined],
    ["POST", "/calls/c%2F1/token", undefined],
    ["POST", "/calls/c%2F1/quality", { rating: 4 }],
    ["GET", "/calls/c%2F1", undefined],
    ["GET", "/rooms/trip%201/calls", undefined],
    ["GET", "/rooms/trip%201/calls?limit=5&cursor=a%26b", undefined],
  ]);
});

test("what is durable and not applied in time is no call, and may be asked again", async () => {
  const { calls } = await client({ status: 202, body: { accepted: true } });
  await expect(calls.accept("c1")).rejects.toMatchObject({ code: "answer_timeout", retryable: true });
});

test("a refusal is the server's own, and a proxy's page is none of the API's answers", async () => {
  const error = { code: "livekit_unavailable", message: "no", retryable: true, requestId: "r1" };
  const refused = await client({ status: 503, body: { error } });
  await expect(refused.calls.start("trip", { kind: "audio" })).rejects.toMatchObject({
    code: "livekit_unavailable",
    retryable: true,
    requestId: "r1",
  });
  const behindProxy = await client({ status: 502, body: null });
  await expect(behindProxy.calls.get("c1")).rejects.toMatchObject({ code: "protocol", retryable: true });
});

/** LiveKit's room, as its client tells of it. */
class LiveKitRoom {
  readonly localParticipant = { identity: "p_me" };
  readonly #listeners = new Map<string, ((...said: never[]) => void)[]>();

  on(event: string, listener: (...said: never[]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  say(event: string, ...said: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(said as never[]));
  }
}

test("how good a call was is measured by what LiveKit says of this device, and told once, when it is over", async () => {
  const { calls, asked, clock } = await client({ body: { callId: "c" } });
  const room = new LiveKitRoom();
  calls.measure("c", room);
  const quality = (said: string, identity = "p_me") =>
    room.say("connectionQualityChanged", said, { identity });
  await clock.advance(3_000);
  quality("excellent");
  await clock.advance(10_000);
  quality("poor", "p_other");
  await clock.advance(10_000);
  quality("good");
  await clock.advance(5_000);
  // Both are said of one loss.
  room.say("signalReconnecting");
  room.say("reconnecting");
  await clock.advance(4_000);
  room.say("reconnected");
  await clock.advance(1_000);
  quality("unknown");
  await clock.advance(50_000);
  quality("poor");
  await clock.advance(2_000);
  room.say("reconnecting");
  await clock.advance(1_000);
  expect(asked).toEqual([]);
  room.say("disconnected");
  room.say("disconnected");
  await clock.advance(0);
  const seconds = { excellent: 20, good: 6, poor: 2, lost: 5 };
  expect(asked).toEqual([
    { method: "POST", path: "/calls/c/quality", body: { seconds, reconnects: 2 }, keepalive: true },
  ]);
});

test("a report that gets lost is no error", async () => {
  const { calls, asked, clock } = await client({ status: 502, body: null });
  const room = new LiveKitRoom();
  calls.measure("c", room);
  room.say("disconnected");
  await clock.advance(0);
  expect(asked).toHaveLength(1);
});
