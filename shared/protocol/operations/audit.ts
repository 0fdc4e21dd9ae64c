import { Type } from "typebox";
import { AuditEntry, AuditId } from "../audit.ts";
import { TenantId } from "../ids.ts";
import { strict } from "../resources.ts";
import { define, limit, listOf, none } from "./operation.ts";

const query = Type.Object({ limit, cursor: Type.Optional(AuditId) }, strict);

export const auditOperations = {
  listAudit: define({
    id: "listAudit",
    method: "GET",
    path: "/v1/audit",
    service: "ingest",
    auth: "server",
    summary:
      "What operators and servers did that changes who may do what (keys, members, roles, revocations, rooms that open or close, webhooks), and webhook endpoints that were disabled as they were gone or failing, newest first. Kept for 400 days; nobody changes it.",
    params: none,
    query,
    body: null,
    responses: { 200: listOf(AuditEntry) },
    errors: [],
  }),
  listTenantAudit: define({
    id: "listTenantAudit",
    method: "GET",
    path: "/admin/v1/tenants/{tenantId}/audit",
    service: "ingest",
    auth: "operator",
    summary: "The same of one tenant, for its operator.",
    params: Type.Object({ tenantId: TenantId }, strict),
    query,
    body: null,
    responses: { 200: listOf(AuditEntry) },
    errors: ["tenant_not_found"],
  }),
} as const;
