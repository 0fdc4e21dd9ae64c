import { expect, test } from "vitest";
import { perClient } from "./storm.ts";

test("what the messages read by themselves is not the storm's", () => {
  const calls = perClient({
    storm: new Map([
      ["readHeads", 250],
      ["loadRoom", 40],
      ["readEvents", 400],
    ]),
    stormSeconds: 4,
    calm: new Map([
      ["readHeads", 25],
      ["loadRoom", 30],
    ]),
    calmSeconds: 2,
    clients: 100,
  });
  expect(calls).toEqual({ readEvents: 4, readHeads: 2 });
});
