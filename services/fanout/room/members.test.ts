import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemberRow } from "#shared/store/store.ts";
import { Members } from "./members.ts";

const row = (userId: string, readNumber: number, blocks: boolean): MemberRow => ({
  userId,
  role: "member",
  custom: null,
  joinedAt: "2026-01-01T00:00:00.000Z",
  joinedSeq: 1,
  deliveredNumber: readNumber,
  readNumber,
  ownNumber: null,
  readCountable: readNumber,
  sentNumber: 0,
  settings: blocks ? { receipts: true, muted: false, blocked: ["somebody"] } : null,
});

const userId = fc.integer({ min: 0, max: 120 }).map((n) => `user_${n}`);
const step = fc.oneof(
  fc.record({ kind: fc.constant("with" as const), userId, readNumber: fc.nat(), blocks: fc.boolean() }),
  fc.record({ kind: fc.constant("without" as const), userId }),
);

test("members are a map by user, and every earlier value stays as it was", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const model = new Map<string, MemberRow>();
      let members = Members.of([]);
      const history: { members: Members; rows: MemberRow[] }[] = [];
      for (const taken of steps) {
        if (taken.kind === "with") {
          const changed = row(taken.userId, taken.readNumber, taken.blocks);
          members = members.with(changed);
          model.set(taken.userId, changed);
        } else {
          members = members.without(taken.userId);
          model.delete(taken.userId);
        }
        expect(members.size).toBe(model.size);
        const blockers = [...model.values()].filter(({ settings }) => settings !== null);
        expect([...members.blockers].sort()).toEqual(blockers.map(({ userId }) => userId).sort());
        expect(members.get(taken.userId)).toEqual(model.get(taken.userId) ?? null);
        history.push({ members, rows: [...model.values()] });
      }
      for (const { members: earlier, rows } of history.filter((_, i) => i % 50 === 0)) {
        const byId = (a: MemberRow, b: MemberRow) => (a.userId < b.userId ? -1 : 1);
        expect([...earlier].sort(byId)).toEqual([...rows].sort(byId));
      }
    }),
    { numRuns: 50 },
  );
});
