import { expect, test } from "vitest";
import { withoutLayout } from "../generate/printer.ts";
import { generateWire, readWire } from "../generate/wire.ts";
import { defaultBounds } from "./bounds.ts";
import { framesInFlightMax } from "./wire.ts";

test("the client's types are those of the server's schemas", async () => {
  const stale = withoutLayout(await readWire()) !== withoutLayout(generateWire());
  expect(stale, "src/wire.ts is stale: run `node sdk/js/generate/main.ts`").toBe(false);
});

test("a client never has more frames on the wire than the server works on", () => {
  const { sendsInFlightMax, markersInFlightMax, historyInFlightMax } = defaultBounds;
  const refreshAndPing = 2;
  expect(sendsInFlightMax + 2 * markersInFlightMax + historyInFlightMax + refreshAndPing).toBeLessThan(
    framesInFlightMax,
  );
});
