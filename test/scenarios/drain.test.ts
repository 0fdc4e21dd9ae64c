import { expect, test } from "vitest";
import { type RunningDeployment, startStandalone } from "#test/deployments/deployment.ts";
import { Load } from "./load.ts";
import { launch, makePlace, removePlace } from "./place.ts";
import { makeTenant, onEveryDeployment } from "./stage.ts";
import type { Tenant } from "./tenant.ts";

const roomsPerTenant = 5;
const sendsBetween = 200;
const restartMsMax = 60_000;

async function everythingOf(tenant: Tenant, token: string): Promise<unknown> {
  const paths = [
    "/v1/rooms/kept",
    "/v1/rooms/kept/members",
    "/v1/rooms/kept/messages",
    "/v1/rooms/kept/events",
    "/v1/users/ada",
  ];
  const answers = [];
  for (const path of paths) answers.push((await tenant.server.get(path)).body);
  const rooms = await fetch(`${tenant.url}/v1/rooms`, { headers: { authorization: `Bearer ${token}` } });
  return [...answers, rooms.status, await rooms.json()];
}

/** A room that has seen a few things, and all that can be asked of it. */
async function keep(tenant: Tenant): Promise<{ readonly token: string; readonly before: unknown }> {
  const token = await tenant.token("ada");
  const members = [{ userId: "ada" }, { userId: "bob", role: "owner" }];
  const form = { type: "group", members, name: "Kept", custom: { order: 1 } };
  await tenant.server.put("/v1/rooms/kept", form);
  for (const body of ["1", "2", "3"])
    await tenant.as("bob").post("/v1/rooms/kept/messages", { clientId: body, body });
  await tenant.as("ada").post("/v1/rooms/kept/read", { number: 2 });
  return { token, before: await everythingOf(tenant, token) };
}

async function expectKept(
  tenant: Tenant,
  { token, before }: Awaited<ReturnType<typeof keep>>,
): Promise<void> {
  expect(await everythingOf(tenant, token)).toEqual(before);
  const repeat = await tenant.as("bob").post("/v1/rooms/kept/messages", { clientId: "3", body: "3" });
  expect([repeat.status, repeat.body]).toMatchObject([200, { number: 3 }]);
  const next = await tenant.as("bob").post("/v1/rooms/kept/messages", { body: "4" });
  expect([next.status, next.body]).toMatchObject([201, { number: 4, seq: 5 }]);
  const ada = await tenant.connect("ada", { kept: 3 });
  await ada.reached("kept", 5);
  expect(ada.bodies("kept")).toEqual(["3", "4"]);
  await ada.close();
}

onEveryDeployment("drain and restart", (kind) => {
  test("SIGTERM under load closes sockets with 4000, exits 0, loses nothing; after it all is there, tokens and keys are good, and clients go on", {
    timeout: 240_000,
  }, async () => {
    const place = await makePlace(kind);
    let deployment: RunningDeployment = await launch(kind, place);
    const fixed = { ...place, env: { ...place.env, SENDSAR_PORT: new URL(deployment.url).port } };
    const [tenant, other] = [await makeTenant(deployment), await makeTenant(deployment)];
    const kept = await keep(other);
    const load = await Load.start([tenant], roomsPerTenant);
    try {
      // A client that answers nothing any more must not keep it from ending in order.
      const silent = await tenant.connect("silent");
      silent.stopReading();
      await load.sent(sendsBetween);
      load.recorder.fault("SIGTERM", restartMsMax);
      expect(await deployment.stop(), deployment.output()).toBe(0);
      const codes = load.listeners.flatMap(({ closeCodes }) => closeCodes);
      expect(new Set(codes)).toEqual(new Set([4000]));
      expect(codes.length).toBeGreaterThanOrEqual(roomsPerTenant);
      deployment = await launch(kind, fixed);
      await silent.terminate();
      await load.recovered(2 * restartMsMax);
      await expectKept(other, kept);
      await load.sent(sendsBetween);
      await load.judge();
    } finally {
      await load.abandon();
      await deployment.stop();
      await removePlace(place);
    }
  });
});

test("a second process on the same data folder is refused with a clear message, and the first goes on", async () => {
  const place = await makePlace("standalone");
  const first = await launch("standalone", place);
  try {
    await expect(startStandalone(place)).rejects.toThrow(/Another process is using the database/);
    const tenant = await makeTenant(first);
    expect((await tenant.as("ada").get("/v1/rooms")).status).toBe(200);
  } finally {
    await first.stop();
    await removePlace(place);
  }
});
