import { expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import { eventOf, goodRun, nth } from "./good-run.ts";
import { HistoryRecorder } from "./recorder.ts";
import { recoveries } from "./recovery.ts";

test("what was recorded is what is judged", () => {
  let nowMs = 0;
  const recorder = new HistoryRecorder(() => ++nowMs);
  const [room] = goodRun().rooms;
  const messages = room?.messages.slice(0, 2) ?? [];
  const subscriber = recorder.subscriber({ tenantId: "acme", userId: "ada" });
  subscriber.session();
  subscriber.listed([{ roomId: "order_1", seq: 1 }]);
  for (const { roomId, senderId, clientId, body, id } of messages) {
    const send = { tenantId: "acme", roomId, senderId, clientId: clientId ?? "", body: body ?? "" };
    recorder.send(send).ok(id);
  }
  for (const message of messages) subscriber.saw(eventOf("acme", message));

  const history = recorder.history([{ tenantId: "acme", roomId: "order_1", seq: 3, messages }]);
  expect(checkHistory(history)).toEqual([]);
  expect(history.sends.map(({ invokedAtMs, outcome }) => [invokedAtMs, outcome.type])).toEqual([
    [1, "ok"],
    [3, "ok"],
  ]);
  expect(nth(history.subscribers, 0).sessions[0]?.seen).toHaveLength(2);
});

test("a send that is told nothing of is of unknown outcome", () => {
  const recorder = new HistoryRecorder();
  recorder.send({ tenantId: "acme", roomId: "r", senderId: "ada", clientId: "1", body: "x" });
  expect(nth(recorder.sends, 0).outcome).toEqual({ type: "unknown" });
});

test("a handshake after the first adds the rooms that are new, and moves no cursor of the others", () => {
  const recorder = new HistoryRecorder();
  const subscriber = recorder.subscriber({ tenantId: "acme", userId: "ada" });
  subscriber.session();
  subscriber.listed([{ roomId: "old", seq: 4 }]);
  subscriber.listed([
    { roomId: "old", seq: 9 },
    { roomId: "new", seq: 2 },
  ]);
  expect(nth(recorder.history([]).subscribers, 0).sessions[0]?.startSeq).toEqual(
    new Map([
      ["old", 4],
      ["new", 2],
    ]),
  );
});

test("what came since the last fault says of it what the whole run does", () => {
  let nowMs = 0;
  const recorder = new HistoryRecorder(() => ++nowMs);
  const [room] = goodRun().rooms;
  const messages = room?.messages.slice(0, 4) ?? [];
  const subscriber = recorder.subscriber({ tenantId: "acme", userId: "ada" });
  subscriber.session();
  subscriber.listed([{ roomId: "order_1", seq: 1 }]);
  for (const [n, message] of messages.entries()) {
    const { roomId, senderId, clientId, body, id } = message;
    const send = { tenantId: "acme", roomId, senderId, clientId: clientId ?? "", body: body ?? "" };
    recorder.send(send).ok(id);
    if (n === 1) recorder.fault("a kill", 9_000);
    // What was sent before the fault may come after it, and is no sign of anything.
    if (n > 0) subscriber.saw(eventOf("acme", nth(messages, n - 1)));
    expect(recoveries(recorder.sinceFault()).at(-1)).toEqual(recoveries(recorder.history([])).at(-1));
  }
  expect(recoveries(recorder.sinceFault())).toMatchObject([{ recoveredMs: 7, roomId: "order_1" }]);
  expect(recorder.sinceFault().sends).toHaveLength(2);
});
