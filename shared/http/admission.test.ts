import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { operations } from "#shared/protocol/operations.ts";
import { Admission } from "./admission.ts";

const admission = () =>
  new Admission({
    tenantRequests: 1_000,
    userSends: 1_000,
    connectionFrames: 1_000,
    settings: () => ({
      rateRequests: null,
      rateUserMessages: null,
      rateConnectionFrames: null,
      connectionsMax: null,
    }),
  });
const ann = { kind: "client", tenantId: "acme", userId: "ann" } as const;

test.each([
  ["reports", operations.reportMessage],
  ["words about how good a call was", operations.reportCallQuality],
])("a user's %s are bounded, and nobody else's by them", async (_, operation) => {
  const { admit } = admission();
  for (let n = 0; n < limits.rateUserReportsMax; n++) await admit(operation, ann as never);
  await expect(admit(operation, ann as never)).rejects.toMatchObject({ code: "rate_limited" });
  await admit(operation, { ...ann, userId: "bob" } as never);
  await admit(operations.getCall, ann as never);
});
