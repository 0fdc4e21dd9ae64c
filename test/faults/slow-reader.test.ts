import { expect, test } from "vitest";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { BareClient } from "#test/scenarios/bare-client.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { Load } from "#test/scenarios/load.ts";
import { launch, makePlace, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";

/** Large, so that the outbox and the buffers of the system on the way are soon full. */
const body = "😀".repeat(8_000);
const together = 20;
/** Before its silence would have it closed as dead. */
const closedMsMax = 45_000;
const recoveryMsMax = 20_000;
const env = {
  SENDSAR_RATE_USER_SENDS: "1000000",
  SENDSAR_RATE_CONNECTION_FRAMES: "1000000",
  SENDSAR_LOG_LEVEL: "warn",
};

async function slowReadersClosed(adminUrl: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(
    /^sendsar_gateway_closes_total\{[^}]*reason="slow_reader"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0,
  );
}

test("a socket that stops reading is closed to come back, resumes whole, and holds up nobody", {
  timeout: 180_000,
}, async () => {
  const place = await makePlace("standalone");
  const deployment = await launch("standalone", { ...place, env: { ...place.env, ...env } });
  const load = await Load.start([await makeTenant(deployment)], 10);
  try {
    const tenant = await makeTenant(deployment);
    const roomId = await tenant.room(["ada", "bob"]);
    const [ada, bob] = [await tenant.connect("ada"), await tenant.connect("bob")];
    await bob.send(roomId, "first", "first");
    await ada.message(roomId, "first");
    ada.stopReading();
    load.recorder.fault("a reader that reads nothing", recoveryMsMax);
    let sent = 1;
    await eventually(async () => {
      await Promise.all(Array.from({ length: together }, () => bob.send(roomId, `c-${sent++}`, body)));
      expect(await slowReadersClosed(deployment.processes[0]?.adminUrl ?? "")).toBe(1);
    }, closedMsMax);
    await load.recovered(2 * recoveryMsMax);
    // The close waits behind what was written before it: it reads on, as a client that is merely slow.
    ada.resumeReading();
    expect((await ada.closed).code).toBe(closeCodes.slow_reader.code);

    const [seen, last] = [ada.events(roomId).at(-1)?.seq ?? 0, sent + 1];
    expect(seen).toBeLessThan(last);
    const again = await BareClient.open(tenant.url);
    await again.connect(await tenant.token("ada"), { [roomId]: seen });
    await again.reached(roomId, last);
    const missed = again.events(roomId).map(({ seq }) => seq);
    expect(missed).toEqual(Array.from({ length: last - seen }, (_, i) => seen + 1 + i));
    await Promise.all([again.close(), bob.close()]);
    await load.judge();
    expect(load.errors.final).toEqual([]);
  } finally {
    await load.abandon();
    await deployment.stop();
    await removePlace(place);
  }
});
