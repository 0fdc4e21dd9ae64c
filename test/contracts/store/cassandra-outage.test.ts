import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { connectCassandraStore } from "#shared/store/cassandra/cassandra-store.ts";
import { layCable } from "./cable.ts";
import { cassandra, makeKeyspace } from "./keyspace.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

const unavailable = { code: "store_unavailable" };
/** What a busy machine may add to a bound. */
const slackMs = 3_000;

let made: Awaited<ReturnType<typeof makeKeyspace>>;
beforeAll(async () => {
  made = await makeKeyspace();
});
afterAll(() => made.drop());

async function msOf(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

function connectTo(contactPoint: string) {
  const { localDataCenter } = cassandra();
  return connectCassandraStore({ contactPoints: [contactPoint], localDataCenter, keyspace: made.keyspace });
}

test("where nobody listens, connecting fails as unavailable at once", async () => {
  const ms = await msOf(() => expect(connectTo("127.0.0.1:1")).rejects.toMatchObject(unavailable));
  expect(ms).toBeLessThan(limits.storeConnectMsMax + slackMs);
});

test("where somebody listens who never answers, connecting fails as unavailable within its bound", async () => {
  const deaf = createServer(() => undefined);
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  const address = deaf.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const ms = await msOf(() =>
    expect(connectTo(`127.0.0.1:${address.port}`)).rejects.toMatchObject(unavailable),
  );
  expect(ms).toBeLessThan(limits.storeCallMsMax + slackMs);
  deaf.close();
});

test("while the cable is cut every call fails as unavailable in time, and when it is mended all is well", async () => {
  const [contactPoint = ""] = cassandra().contactPoints;
  const cable = await layCable(contactPoint);
  const store = await connectTo(cable.address);
  const room = new TestRoom("t", "r");
  room.add("a");
  room.say("a", "before");
  await store.writeRooms([room.write()]);

  cable.cut();
  room.say("a", "while it was cut");
  const calls: [string, number, () => Promise<unknown>][] = [
    ["ping", limits.storeConnectMsMax, () => store.ping()],
    ["writeRooms", limits.storeCallMsMax, () => store.writeRooms([room.write(2)])],
    ["loadRoom", limits.storeCallMsMax, () => store.loadRoom("t", "r")],
    ["readMessages", limits.storeCallMsMax, () => store.readMessages("t", "r", { limit: 5 })],
    ["getTenant", limits.storeCallMsMax, () => store.getTenant("t")],
  ];
  await Promise.all(
    calls.map(async ([name, msMax, call]) => {
      const ms = await msOf(() => expect(call(), name).rejects.toMatchObject(unavailable));
      expect(ms, name).toBeLessThan(msMax + slackMs);
    }),
  );

  cable.mend();
  await expect
    .poll(() => store.writeRooms([room.write(2)]).then(() => "written", String), { timeout: 30_000 })
    .toBe("written");
  await expectRoom(store, room);
  await store.close();
  await cable.close();
});
