import { expect, test } from "vitest";
import { FetchSession, withFetchSessions } from "./fetch-session.ts";

const at = (partition: number, fetchOffset: string) => ({ partition, fetchOffset, maxBytes: 1 });
const both = [
  { topic: "a", partitions: [at(0, "5"), at(1, "7")] },
  { topic: "b", partitions: [at(0, "0")] },
];

test("the first fetch names all, later ones what has changed, come or gone", () => {
  const session = new FetchSession();
  expect(session.next(both)).toEqual({ sessionId: 0, sessionEpoch: 0, forgottenTopics: [], topics: both });
  expect(session.answered({ errorCode: 0, sessionId: 9 })).toBe(true);
  expect(session.next(both)).toEqual({ sessionId: 9, sessionEpoch: 1, forgottenTopics: [], topics: [] });
  session.answered({ errorCode: 0, sessionId: 9 });
  expect(session.next([{ topic: "a", partitions: [at(1, "8"), at(2, "0")] }])).toEqual({
    sessionId: 9,
    sessionEpoch: 2,
    forgottenTopics: [
      { topic: "a", partitions: [0] },
      { topic: "b", partitions: [0] },
    ],
    topics: [{ topic: "a", partitions: [at(1, "8"), at(2, "0")] }],
  });
});

test.each([
  ["has forgotten the session", { errorCode: 70, sessionId: 0 }, false],
  ["has no room for one", { errorCode: 0, sessionId: 0 }, true],
  ["knows none", {}, true],
])("a broker that %s is told all again", (_what, answer, isAnswer) => {
  const session = new FetchSession();
  session.next(both);
  session.answered({ errorCode: 0, sessionId: 9 });
  session.next(both);
  expect(session.answered(answer)).toBe(isAnswer);
  expect(session.next(both)).toEqual({ sessionId: 0, sessionEpoch: 0, forgottenTopics: [], topics: both });
});

function brokerOf(answers: (() => object)[]) {
  const sent: object[] = [];
  const broker = {
    lookupRequest: (_key: number, _definition: unknown) => (options: object) => options,
    fetch: async (options: { topics: readonly object[] }) => {
      sent.push(broker.lookupRequest(1, null)(options));
      return { responses: ["something"], ...answers.shift()?.() };
    },
  };
  const cluster = { findBroker: async (_: { nodeId: string }): Promise<unknown> => broker };
  withFetchSessions(cluster);
  const fetch = async (topics: readonly object[]) => {
    const found = (await cluster.findBroker({ nodeId: "1" })) as typeof broker;
    return await found.fetch({ topics });
  };
  return { broker, cluster, sent, fetch };
}

test("each broker's fetches carry its session, also after it was connected to anew; other requests do not", async () => {
  const { broker, sent, fetch } = brokerOf([() => ({ sessionId: 9 }), () => ({ sessionId: 9 })]);
  await fetch(both);
  broker.lookupRequest = () => (options) => ({ ...options, anew: true });
  await fetch(both);
  expect(sent).toMatchObject([
    { sessionId: 0, sessionEpoch: 0, topics: both },
    { sessionId: 9, sessionEpoch: 1, topics: [], anew: true },
  ]);
  expect(broker.lookupRequest(2, null)({})).toEqual({ anew: true });
});

test("a fetch that failed, or was no answer, gives nothing and is followed by a whole one", async () => {
  const { sent, fetch } = brokerOf([
    () => ({ sessionId: 9 }),
    () => {
      throw new Error("cut off");
    },
    () => ({ sessionId: 8 }),
    () => ({ errorCode: 71, sessionId: 0 }),
  ]);
  await fetch(both);
  await expect(fetch(both)).rejects.toThrow("cut off");
  expect(await fetch(both)).toMatchObject({ responses: ["something"] });
  expect(await fetch(both)).toMatchObject({ responses: [] });
  await fetch(both);
  expect(sent).toMatchObject([
    { sessionEpoch: 0, topics: both },
    { sessionEpoch: 1 },
    { sessionEpoch: 0, topics: both },
    { sessionId: 8, sessionEpoch: 1 },
    { sessionEpoch: 0, topics: both },
  ]);
});
