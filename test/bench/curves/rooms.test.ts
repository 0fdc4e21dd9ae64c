import { expect, test } from "vitest";
import { missingOf } from "./rooms.ts";

test("every member is to have every message once", () => {
  expect(missingOf({ sent: 5, deliveries: 50, stray: 0, refused: 0 }, 10)).toEqual([]);
  expect(missingOf({ sent: 5, deliveries: 49, stray: 1, refused: 0 }, 10)).toHaveLength(2);
  expect(missingOf({ sent: 5, deliveries: 40, stray: 0, refused: 1 }, 10)).toHaveLength(2);
});
