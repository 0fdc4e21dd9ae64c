import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance } from "fastify";
import { rfc3339 } from "#shared/clock.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { UserPut } from "#shared/protocol/requests.ts";
import type { User } from "#shared/protocol/resources.ts";
import { assertCustomFits } from "../content.ts";
import type { IngestRoutes } from "./context.ts";

export function registerUsers(app: FastifyInstance, context: IngestRoutes): void {
  const { store, issuer, clock, authority } = context;

  registerOperation(app, operations.createToken, {
    ...context,
    handle: async ({ body }, { tenantId }) => {
      const { userId, ttlSeconds: asked, ...profile } = body;
      assertCustomFits(profile.custom, "/custom");
      const [known, revokedBefore, { tokenTtlSeconds }] = await Promise.all([
        store.getUser(tenantId, userId),
        store.getRevokedBefore(tenantId, userId),
        authority.settings(tenantId),
      ]);
      // Tokens are asked for all the time, profiles change seldom: most calls only read.
      if (known === null || !hasProfile(known, profile)) {
        await store.upsertUser(tenantId, userId, { ...profile, at: rfc3339(clock.nowMs()) });
      }
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
      const user = await store.upsertUser(tenantId, userId, { ...body, at: rfc3339(clock.nowMs()) });
      return answer(200, user);
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

function hasProfile(user: User, { displayName, avatarUrl, custom }: UserPut): boolean {
  return (
    (displayName === undefined || displayName === user.displayName) &&
    (avatarUrl === undefined || avatarUrl === user.avatarUrl) &&
    (custom === undefined || isDeepStrictEqual(custom, user.custom))
  );
}
