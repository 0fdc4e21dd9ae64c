import type { FastifyInstance } from "fastify";
import { rfc3339 } from "#shared/clock.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import { Profiles } from "../profiles.ts";
import type { IngestRoutes } from "./context.ts";

export function registerUsers(app: FastifyInstance, context: IngestRoutes): void {
  const profiles = new Profiles(context);
  const { store, issuer, clock, authority } = context;

  registerOperation(app, operations.createToken, {
    ...context,
    handle: async ({ body }, { tenantId }) => {
      const { userId, ttlSeconds: asked, ...profile } = body;
      assertCustomFits(profile.custom, "/custom");
      const [revokedBefore, { tokenTtlSeconds }] = await Promise.all([
        store.getRevokedBefore(tenantId, userId),
        authority.settings(tenantId),
        profiles.set(tenantId, userId, profile),
      ]);
      const afterMs = revokedBefore === null ? 0 : Date.parse(revokedBefore);
      const ttlSeconds = asked ?? tokenTtlSeconds;
      const { token, expiresAtMs } = await issuer.issue({ tenantId, userId, ttlSeconds, afterMs });
      return answer(200, { token, userId, tenantId, expiresAt: rfc3339(expiresAtMs) });
    },
  });

  registerOperation(app, operations.putUser, {
    ...context,
    handle: async ({ params: { userId }, body }, { tenantId }) => {
      assertCustomFits(body.custom, "/custom");
      return answer(200, await profiles.set(tenantId, userId, body));
    },
  });

  registerOperation(app, operations.revokeUser, {
    ...context,
    handle: async ({ params: { userId } }, { tenantId }) => {
      const nowMs = clock.nowMs();
      const revokedBefore = rfc3339(nowMs);
      await store.setRevokedBefore(tenantId, userId, revokedBefore);
      authority.forgetRevocation(tenantId, userId);
      await context.commands.append([{ v: 1, type: "user.revoked", tenantId, userId, at: revokedBefore }]);
      return answer(200, { userId, revokedBefore });
    },
  });
}
