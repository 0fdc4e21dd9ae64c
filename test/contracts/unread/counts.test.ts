import fc from "fast-check";
import { expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { allIn, command, talk } from "../../../services/fanout/testing/random-commands.ts";
import { GatewayBesideLane, users } from "./gateway-beside-lane.ts";

/** What happens next: commands, in batches, or somebody who comes anew. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ batch: fc.array(talk, { minLength: 1, maxLength: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ batch: fc.array(command, { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ comes: fc.constantFrom(...users) }) },
  { weight: 1, arbitrary: fc.record({ expiresUpTo: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ newOwner: fc.constant(true) }) },
);
const histories = fc.array(step, { minLength: 1, maxLength: 25 });

/** Mostly all are in; a history may make another of it. */
const beginnings = fc.oneof({ weight: 5, arbitrary: allIn }, { weight: 1, arbitrary: command });

test("the count in every event is that of every list, and is of what counts by the rules", async () => {
  await fc.assert(
    fc.asyncProperty(beginnings, histories, async (beginning, history) => {
      const store = createEmbeddedStore({ database: openDatabase(":memory:") });
      const deployment = new GatewayBesideLane(store);
      await deployment.process([beginning]);
      for (const userId of users) await deployment.comes(userId);
      for (const next of history) {
        if ("batch" in next) await deployment.process(next.batch);
        else if ("expiresUpTo" in next) await deployment.expire(next.expiresUpTo);
        else if ("comes" in next) await deployment.comes(next.comes);
        else deployment.newOwner();
        for (const userId of users) {
          const { heard, counted, listed, total } = await deployment.unreadOf(userId);
          expect([heard, listed, total], userId).toEqual([counted, counted, counted]);
        }
        expect(deployment.wrong).toEqual([]);
      }
      await store.close();
    }),
    { numRuns: 100 },
  );
});
