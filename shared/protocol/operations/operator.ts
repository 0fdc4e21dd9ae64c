import { Type } from "typebox";
import { TenantId } from "../ids.ts";
import { KeyPost, TenantPut } from "../requests.ts";
import { nullable, strict, Time } from "../resources.ts";
import { TenantSettings } from "../tenant-settings.ts";
import { Done, define, listOf, none } from "./operation.ts";

const tenantPath = Type.Object({ tenantId: TenantId }, strict);
const Tenant = Type.Object(
  { tenantId: TenantId, name: nullable(Type.String()), settings: TenantSettings, createdAt: Time },
  strict,
);
const KeySummary = Type.Object(
  { keyId: Type.String(), description: nullable(Type.String()), createdAt: Time, revokedAt: nullable(Time) },
  strict,
);

export const operatorOperations = {
  putTenant: define({
    id: "putTenant",
    method: "PUT",
    path: "/admin/v1/tenants/{tenantId}",
    service: "ingest",
    auth: "operator",
    summary:
      "Make a tenant, rename it, or change some of its settings. They hold everywhere within a second.",
    params: tenantPath,
    query: none,
    body: TenantPut,
    responses: { 200: Tenant, 201: Tenant },
    errors: [],
  }),
  getTenant: define({
    id: "getTenant",
    method: "GET",
    path: "/admin/v1/tenants/{tenantId}",
    service: "ingest",
    auth: "operator",
    summary: "A tenant, with every setting that holds for it.",
    params: tenantPath,
    query: none,
    body: null,
    responses: { 200: Tenant },
    errors: ["tenant_not_found"],
  }),
  createKey: define({
    id: "createKey",
    method: "POST",
    path: "/admin/v1/tenants/{tenantId}/keys",
    service: "ingest",
    auth: "operator",
    summary: "Make an API key. It is shown here and never again.",
    params: tenantPath,
    query: none,
    body: KeyPost,
    responses: {
      201: Type.Object({ apiKey: Type.String(), ...KeySummary.properties }, strict),
    },
    errors: ["tenant_not_found"],
  }),
  listKeys: define({
    id: "listKeys",
    method: "GET",
    path: "/admin/v1/tenants/{tenantId}/keys",
    service: "ingest",
    auth: "operator",
    summary: "A tenant's API keys, without their secrets.",
    params: tenantPath,
    query: none,
    body: null,
    responses: { 200: listOf(KeySummary) },
    errors: ["tenant_not_found"],
  }),
  revokeKey: define({
    id: "revokeKey",
    method: "DELETE",
    path: "/admin/v1/tenants/{tenantId}/keys/{keyId}",
    service: "ingest",
    auth: "operator",
    summary: "Revoke an API key; it stops working within a second.",
    params: Type.Object(
      { tenantId: TenantId, keyId: Type.String({ pattern: "^[A-Za-z0-9]{1,32}$" }) },
      strict,
    ),
    query: none,
    body: null,
    responses: { 204: Done },
    errors: ["tenant_not_found", "key_not_found"],
  }),
} as const;
