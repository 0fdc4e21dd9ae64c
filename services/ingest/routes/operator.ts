import type { FastifyInstance } from "fastify";
import { generateApiKey } from "#shared/auth/api-key.ts";
import { rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { ApiKeyRow, Store } from "#shared/store/store.ts";
import type { IngestRoutes } from "./context.ts";

export function registerOperator(app: FastifyInstance, context: IngestRoutes): void {
  const { store, clock, authority } = context;

  registerOperation(app, operations.putTenant, {
    ...context,
    handle: async ({ params: { tenantId }, body: { name } }) => {
      const known = await store.getTenant(tenantId);
      const tenant = {
        tenantId,
        name: name === undefined ? (known?.name ?? null) : name,
        createdAt: known?.createdAt ?? rfc3339(clock.nowMs()),
      };
      await store.putTenant(tenant);
      return answer(known === null ? 201 : 200, tenant);
    },
  });

  registerOperation(app, operations.createKey, {
    ...context,
    handle: async ({ params: { tenantId }, body: { description = null } }) => {
      await assertTenant(store, tenantId);
      const { apiKey, keyId, secretHash } = generateApiKey();
      const createdAt = rfc3339(clock.nowMs());
      const row = { keyId, tenantId, secretHash, description, createdAt, revokedAt: null };
      await store.putApiKey(row);
      return answer(201, { apiKey, ...summaryOf(row) });
    },
  });

  registerOperation(app, operations.listKeys, {
    ...context,
    handle: async ({ params: { tenantId } }) => {
      await assertTenant(store, tenantId);
      const rows = await store.listApiKeys(tenantId);
      return answer(200, { items: rows.map(summaryOf), next: null });
    },
  });

  registerOperation(app, operations.revokeKey, {
    ...context,
    handle: async ({ params: { tenantId, keyId } }) => {
      await assertTenant(store, tenantId);
      const row = await store.getApiKey(keyId);
      if (row === null || row.tenantId !== tenantId) throw new AppError("key_not_found");
      if (row.revokedAt === null) await store.putApiKey({ ...row, revokedAt: rfc3339(clock.nowMs()) });
      authority.forgetApiKey(keyId);
      return answer(204, null);
    },
  });
}

async function assertTenant(store: Store, tenantId: string): Promise<void> {
  if ((await store.getTenant(tenantId)) === null) throw new AppError("tenant_not_found");
}

function summaryOf({ keyId, description, createdAt, revokedAt }: ApiKeyRow) {
  return { keyId, description, createdAt, revokedAt };
}
