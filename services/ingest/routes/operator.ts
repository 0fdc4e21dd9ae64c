import type { FastifyInstance } from "fastify";
import { generateApiKey } from "#shared/auth/api-key.ts";
import { rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { answer, registerOperation } from "#shared/http/routes.ts";
import { operations } from "#shared/protocol/operations.ts";
import { changedSettings, defaultSettings } from "#shared/protocol/tenant-settings.ts";
import type { ApiKeyRow, Store, TenantRow } from "#shared/store/store.ts";
import type { IngestRoutes } from "./context.ts";

export function registerOperator(app: FastifyInstance, context: IngestRoutes): void {
  const { store, clock, authority } = context;

  registerOperation(app, operations.putTenant, {
    ...context,
    handle: async ({ params: { tenantId }, body: { name, settings = {} } }) => {
      const known = await store.getTenant(tenantId);
      const tenant = {
        tenantId,
        name: name === undefined ? (known?.name ?? null) : name,
        settings: changedSettings(known?.settings ?? {}, settings),
        ...(known?.beforeSend === undefined ? {} : { beforeSend: known.beforeSend }),
        createdAt: known?.createdAt ?? rfc3339(clock.nowMs()),
      };
      await store.putTenant(tenant);
      authority.forgetSettings(tenantId);
      return answer(known === null ? 201 : 200, shown(tenant));
    },
  });

  registerOperation(app, operations.getTenant, {
    ...context,
    handle: async ({ params: { tenantId } }) => answer(200, shown(await existing(store, tenantId))),
  });

  registerOperation(app, operations.createKey, {
    ...context,
    handle: async ({ params: { tenantId }, body: { description = null } }) => {
      await existing(store, tenantId);
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
      await existing(store, tenantId);
      const rows = await store.listApiKeys(tenantId);
      return answer(200, { items: rows.map(summaryOf), next: null });
    },
  });

  registerOperation(app, operations.revokeKey, {
    ...context,
    handle: async ({ params: { tenantId, keyId } }) => {
      await existing(store, tenantId);
      const row = await store.getApiKey(keyId);
      if (row === null || row.tenantId !== tenantId) throw new AppError("key_not_found");
      if (row.revokedAt === null) await store.putApiKey({ ...row, revokedAt: rfc3339(clock.nowMs()) });
      authority.forgetApiKey(keyId);
      return answer(204, null);
    },
  });
}

async function existing(store: Store, tenantId: string): Promise<TenantRow> {
  const tenant = await store.getTenant(tenantId);
  if (tenant === null) throw new AppError("tenant_not_found");
  return tenant;
}

function shown({ settings, beforeSend: _, ...tenant }: TenantRow) {
  return { ...tenant, settings: { ...defaultSettings, ...settings } };
}

function summaryOf({ keyId, description, createdAt, revokedAt }: ApiKeyRow) {
  return { keyId, description, createdAt, revokedAt };
}
