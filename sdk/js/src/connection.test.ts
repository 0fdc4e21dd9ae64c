import { expect, test } from "vitest";
import { SendsarError } from "./errors.ts";
import { Harness, outcomeOf, tokenLasting } from "./testing/harness.ts";
import { settled } from "./testing/manual-clock.ts";
import { connectedFrame, room } from "./testing/scripted-server.ts";

test("connect opens the API's socket, says the token first, and resolves with the handshake", async () => {
  const harness = new Harness();
  const connected = harness.client.connect("token");
  expect(harness.client.state).toEqual({ status: "connecting", attempt: 0 });
  await settled();
  expect(harness.server.socket.url).toBe("wss://chat.example.com/v1/connect");
  expect(harness.server.socket.received).toEqual([]);
  harness.greet({ rooms: [room({ unread: 3 })] });
  expect(await connected).toMatchObject({ sessionId: "ses_1", userId: "rider", tenantId: "acme" });
  expect(harness.server.socket.received).toEqual([{ type: "connect", token: "token", resume: {} }]);
  expect(harness.client.state).toEqual({ status: "connected", sessionId: "ses_1", userId: "rider" });
  expect(harness.client.rooms.get("trip")?.unread).toBe(3);
});

test("an API below a path, over plain HTTP, is reached there", async () => {
  const harness = new Harness({ url: "http://127.0.0.1:8080/chat/" });
  await harness.connect();
  expect(harness.server.socket.url).toBe("ws://127.0.0.1:8080/chat/v1/connect");
});

test("closed with 4000–4499 or by the network, the client comes back after a jittered pause", async () => {
  for (const code of [4000, 4001, 4008, 4499, 1001, 1006, 1011]) {
    const harness = new Harness();
    const socket = await harness.connect();
    socket.shut(code, "reason");
    expect(harness.client.state).toEqual({
      status: "waiting",
      attempt: 1,
      delayMs: 500,
      reason: { code, message: "reason", error: null },
    });
    await harness.clock.advance(499);
    expect(harness.server.sockets).toHaveLength(1);
    await harness.clock.advance(1);
    expect(harness.server.sockets).toHaveLength(2);
  }
});

test("closed with 4500–4999, the client stops and says why", async () => {
  for (const code of [4500, 4501, 4504, 4999]) {
    const harness = new Harness();
    const reasons: unknown[] = [];
    harness.client.on("disconnected", ({ reason }) => reasons.push(reason));
    const socket = await harness.connect();
    const sent = expect(harness.client.send("trip", { body: "1" })).rejects.toMatchObject({
      code: "disconnected",
    });
    socket.shut(code, "token_revoked");
    expect(reasons).toEqual([{ code, message: "token_revoked", error: null }]);
    await sent;
    await harness.clock.advance(600_000);
    expect(harness.server.sockets).toHaveLength(1);
    expect(harness.clock.pending).toBe(0);
  }
});

test("a connect that is refused for good rejects with the server's error", async () => {
  const harness = new Harness();
  const connected = harness.client.connect("forged");
  const rejected = expect(connected).rejects.toMatchObject({ code: "unauthenticated", requestId: "req_9" });
  await settled();
  const { socket } = harness.server;
  socket.accept();
  const error = { code: "unauthenticated", message: "no", retryable: false, requestId: "req_9" };
  socket.say({ type: "error", error });
  socket.shut(4500, "unauthenticated");
  await rejected;
  expect(harness.client.state.status).toBe("closed");
});

test("a connect that fails for now goes on trying, and resolves in the end", async () => {
  const harness = new Harness();
  const connected = harness.client.connect("token");
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await settled();
    harness.server.socket.shut(1006);
    await harness.clock.advance(10_000);
  }
  harness.greet();
  await connected;
  expect(harness.server.sockets).toHaveLength(4);
});

test("the promise of connect is bounded, and the client goes on without it", async () => {
  const harness = new Harness({ bounds: { connectWaitMsMax: 5_000 } });
  const connected = harness.client.connect("token");
  const rejected = expect(connected).rejects.toMatchObject({ code: "connect_timeout", retryable: true });
  await harness.clock.advance(5_000);
  await rejected;
  harness.greet();
  expect(harness.client.state.status).toBe("connected");
});

test("pauses grow with each failure and are short again after a connection that lasted", async () => {
  const harness = new Harness({ random: () => 0.999 });
  const delays: number[] = [];
  harness.client.on("state", ({ state }) => {
    if (state.status === "waiting") delays.push(Math.round(state.delayMs / 999));
  });
  let socket = await harness.connect();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    socket.shut(1006);
    socket = await harness.nextAttempt();
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 30]);
  harness.greet();
  await harness.clock.advance(10_000);
  harness.server.socket.shut(1006);
  expect(delays.at(-1)).toBe(1);
});

test("a server that takes the client and drops it at once does not make it hurry", async () => {
  const harness = new Harness({ random: () => 0.999 });
  await harness.connect();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    harness.server.socket.shut(4003, "overloaded");
    await harness.reconnect();
  }
  harness.server.socket.shut(4003, "overloaded");
  expect(harness.client.state).toMatchObject({ status: "waiting", attempt: 6 });
});

test("a server that names a time is not troubled before", async () => {
  const harness = new Harness();
  void harness.client.connect("token");
  await settled();
  const { socket } = harness.server;
  socket.accept();
  const error = { code: "overloaded", message: "no", retryable: true, requestId: "r", retryAfterMs: 20_000 };
  socket.say({ type: "error", error });
  socket.shut(4003, "overloaded");
  expect(harness.client.state).toMatchObject({ status: "waiting", delayMs: 20_500 });
});

test("an attempt that gets nowhere is given up", async () => {
  const harness = new Harness();
  void harness.client.connect("token");
  await harness.clock.advance(15_000);
  expect(harness.server.sockets[0]?.closed).toBe(true);
  expect(harness.client.state.status).toBe("waiting");
});

test("a peer that is silent after a ping is dead, and whatever it says is a sign of life", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ heartbeatSeconds: 25, rooms: [room()] });
  await harness.clock.advance(25_000);
  expect(socket.of("ping")).toHaveLength(1);
  socket.say({ type: "pong" });
  await harness.clock.advance(34_999);
  expect(harness.client.state.status).toBe("connected");
  socket.say({ type: "typing.started", roomId: "trip", userId: "driver" });
  await harness.clock.advance(34_999);
  expect(harness.client.state.status).toBe("connected");
  await harness.clock.advance(1);
  expect(harness.client.state.status).toBe("waiting");
  expect(socket.closed).toBe(true);
});

test("a token that ran out is replaced by asking the function again", async () => {
  const harness = new Harness();
  let asked = 0;
  const socket = await harness.connect({}, () => {
    asked += 1;
    return `token ${asked}`;
  });
  socket.shut(1006);
  const second = await harness.reconnect();
  expect(second.of("connect")[0]?.token).toBe("token 1");
  second.shut(4006, "token_expired");
  const third = await harness.reconnect();
  expect(third.of("connect")[0]?.token).toBe("token 2");
});

test("a token that ran out and cannot be replaced stops the client, which a new connect starts again", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ rooms: [room({ seq: 5 })] });
  socket.shut(4006, "token_expired");
  expect(harness.client.state).toMatchObject({ status: "closed", reason: { code: 4006 } });
  const again = await harness.connect({}, "another");
  expect(again.of("connect")).toMatchObject([{ token: "another", resume: { trip: 5 } }]);
});

test("a token function that fails is asked again, and one that says no for good stops the client", async () => {
  const harness = new Harness();
  const answers = [
    new Error("the site is down"),
    new SendsarError("forbidden", "banned", { retryable: false }),
  ];
  const connected = harness.client.connect(() => Promise.reject(answers.shift()));
  const rejected = expect(connected).rejects.toMatchObject({ code: "forbidden" });
  await settled();
  expect(harness.client.state).toMatchObject({
    status: "waiting",
    reason: { code: null, error: { code: "token_unavailable" } },
  });
  await harness.clock.advance(30_000);
  await rejected;
  expect(harness.server.sockets).toHaveLength(0);
});

test("a token function that never answers is a failed attempt", async () => {
  const harness = new Harness();
  void harness.client.connect(() => new Promise<string>(() => {}));
  await harness.clock.advance(30_000);
  expect(harness.client.state).toMatchObject({
    status: "waiting",
    reason: { error: { code: "token_unavailable" } },
  });
});

test("a session gets its next token before the old one runs out, by this side's own count of its life", async () => {
  const harness = new Harness();
  // The server's clock is an hour behind: by this one, every token is expired when it comes.
  const serverNowMs = () => harness.clock.now() - 3_600_000;
  const tokens: string[] = [];
  const socket = await harness.connect({ heartbeatSeconds: 100_000 }, () => {
    const token = tokenLasting({ issuedAtMs: serverNowMs(), seconds: 1_000 });
    tokens.push(token);
    return token;
  });
  await harness.clock.advance(749_999);
  expect(socket.of("token.refresh")).toHaveLength(0);
  await harness.clock.advance(1);
  expect(socket.of("token.refresh")).toMatchObject([{ token: tokens[1] }]);
  socket.say({ type: "ok", ref: socket.of("token.refresh")[0]?.ref });
  await harness.clock.advance(750_000);
  expect(socket.of("token.refresh")).toHaveLength(2);
});

test("a refresh that fails is tried again", async () => {
  const harness = new Harness();
  const socket = await harness.connect({ heartbeatSeconds: 100_000 }, () =>
    tokenLasting({ issuedAtMs: harness.clock.now(), seconds: 1_000 }),
  );
  await harness.clock.advance(750_000);
  const error = { code: "service_unavailable", message: "no", retryable: true, requestId: "r" };
  socket.say({ type: "error", ref: socket.of("token.refresh")[0]?.ref, error });
  await harness.clock.advance(1_000);
  expect(socket.of("token.refresh")).toHaveLength(2);
});

test("a server that says what is no frame is left for a new connection", async () => {
  for (const text of ["{", "[]", "null", '{"type":7}', new ArrayBuffer(2)]) {
    const harness = new Harness();
    const socket = await harness.connect();
    socket.sayText(text);
    expect(harness.client.state).toMatchObject({
      status: "waiting",
      reason: { error: { code: "protocol" } },
    });
  }
});

test("disconnect ends every state for good, and nothing is heard of the old socket", async () => {
  const harness = new Harness();
  const connecting = harness.client.connect("token");
  const rejected = expect(connecting).rejects.toMatchObject({ code: "disconnected" });
  harness.client.disconnect();
  await rejected;
  expect(harness.client.state.status).toBe("closed");
  await settled();
  expect(harness.server.sockets).toHaveLength(0);

  const socket = await harness.connect();
  harness.client.disconnect();
  socket.say({ type: "pong" });
  socket.shut(1006);
  expect(harness.client.state.status).toBe("closed");

  const third = await harness.connect();
  third.shut(1006);
  expect(harness.client.state.status).toBe("waiting");
  harness.client.disconnect();
  await harness.clock.advance(600_000);
  expect(harness.server.sockets).toHaveLength(2);
  expect(harness.clock.pending).toBe(0);
});

test("a second connect is refused while the first stands", async () => {
  const harness = new Harness();
  await harness.connect();
  await expect(harness.client.connect("token")).rejects.toMatchObject({ code: "already_connected" });
});

test("a client stopped by the handler that hears of the connection sends nothing more", async () => {
  const harness = new Harness();
  const sent = outcomeOf(harness.client.send("trip", { body: "1" }));
  harness.client.on("state", ({ state }) => {
    if (state.status === "connected") harness.client.disconnect();
  });
  const connected = outcomeOf(harness.client.connect("token"));
  await settled();
  harness.server.socket.accept();
  harness.server.socket.say(connectedFrame());
  await settled();
  expect(connected.value()).toMatchObject({ code: "disconnected" });
  expect(sent.value()).toMatchObject({ code: "disconnected" });
  expect(harness.server.socket.of("message.send")).toHaveLength(0);
});

test("retryNow cuts a pause short", async () => {
  const harness = new Harness();
  const socket = await harness.connect();
  socket.shut(1006);
  harness.client.retryNow();
  await settled();
  expect(harness.server.sockets).toHaveLength(2);
  harness.greet();
  expect(harness.client.state.status).toBe("connected");
});
