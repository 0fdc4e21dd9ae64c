import { expect, test } from "vitest";
import { Load } from "#test/scenarios/load.ts";
import { launch, makePlace, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import { preloaded } from "./preloaded.ts";

const rooms = 10;
const sends = 600;

/** What the other tests of this folder trust in: a product with such a bug would not pass them. */
test.each([
  ["commits what it has not processed", "commits-unprocessed", /I1: /],
  ["forgets to pass an event on to a session", "forgets-deliveries", /I4: .* gave \d+ after \d+/],
])(
  "a product that %s is found out by its clients' histories",
  { timeout: 180_000 },
  async (_, bug, verdict) => {
    const place = await makePlace("standalone");
    const deployment = await launch("standalone", { ...place, env: { ...place.env, ...preloaded(bug) } });
    const load = await Load.start([await makeTenant(deployment)], rooms);
    try {
      await load.sent(sends);
      await expect(load.judge()).rejects.toThrow(verdict);
    } finally {
      await load.abandon();
      await deployment.stop();
      await removePlace(place);
    }
  },
);
