import fc from "fast-check";
import { expect, test } from "vitest";
import { shareOut } from "./sticky.ts";

const members = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1 }), holds: fc.uniqueArray(fc.nat({ max: 40 })) }),
  { minLength: 1, maxLength: 8, selector: ({ id }) => id },
);

test("every partition has one owner, and shares differ by one at most, whatever members say they hold", () => {
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 32 }), (holders, count) => {
      const shares = shareOut(count, holders);
      const all = [...shares.values()].flat().toSorted((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: count }, (_, partition) => partition));
      const sizes = [...shares.values()].map((share) => share.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect([...shares.keys()].toSorted()).toEqual(holders.map(({ id }) => id).toSorted());
    }),
  );
});

test("the order of the members changes nothing", () => {
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 32 }), (holders, count) => {
      const sorted = (shares: Map<string, number[]>) => [...shares].toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(shareOut(count, holders.toReversed()))).toEqual(sorted(shareOut(count, holders)));
    }),
  );
});

test("who comes takes no more than its share, and who goes leaves the others what they have", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 8 }), (count, size) => {
      const ids = Array.from({ length: size }, (_, n) => `m${n}`);
      const settled = shareOut(
        count,
        ids.map((id) => ({ id, holds: [] })),
      );
      const holders = [...settled].map(([id, holds]) => ({ id, holds }));
      expect(shareOut(count, holders)).toEqual(
        new Map([...settled].toSorted(([, a], [, b]) => b.length - a.length)),
      );

      const grown = shareOut(count, [...holders, { id: "new", holds: [] }]);
      const moved = holders.flatMap(({ id, holds }) =>
        holds.filter((each) => !grown.get(id)?.includes(each)),
      );
      expect(moved.length).toBe(grown.get("new")?.length);

      const rest = holders.slice(1);
      if (rest.length === 0) return;
      const shrunk = shareOut(count, rest);
      for (const { id, holds } of rest) expect(shrunk.get(id)).toEqual(expect.arrayContaining([...holds]));
    }),
  );
});
